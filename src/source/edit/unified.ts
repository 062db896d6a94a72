import { hasUnsafe } from '../text.ts';
import { eachHolder, layoutsAt } from './layout.ts';
import { type Splice, spliced } from './splice.ts';
import { untoldIn } from './untold.ts';

/** A patch, or the line (from 1) that it would have to show but may not, with what is in it. */
export type Unified =
  | { readonly patch: string }
  | { readonly line: number; readonly holds: 'a value' | 'an unsafe character' };

/** The lines around a change, by which `patch` and `git apply` find its place. */
const CONTEXT = 3;

/**
 * The changes of splices in a text, in the form that `git apply` and `patch` accept. Lines with values of variables, arguments
 * or data of a Secret are not shown around a change, and neither are other documents.
 * @param file its name, as it is found from where the patch is applied
 */
export function unifiedDiff(text: string, splices: readonly Splice[], file: string): Unified {
  const lines = linesOf(text);
  const changes = changesOf(text, lines, splices);
  const untold = untoldLines(text, lines, splices);
  const holds = (line: number): 'a value' | 'an unsafe character' | undefined => {
    if (untold.has(line)) return 'a value';
    return isUnsafe(lines.texts[line] ?? '') ? 'an unsafe character' : undefined;
  };
  let patch = `--- ${nameOf(`a/${file}`)}\n+++ ${nameOf(`b/${file}`)}\n`;
  let [shift, done] = [0, 0];
  for (const [i, change] of changes.entries()) {
    const limit = changes[i + 1]?.from ?? lines.texts.length;
    const { from, to } = around(change, done, limit, lines.texts, line => holds(line) !== undefined);
    for (let line = from; line < to; line++) {
      const held = holds(line);
      if (held !== undefined) return { line: line + 1, holds: held };
    }
    const old = to - from;
    const now = old - (change.to - change.from) + change.now.length;
    patch += `@@ -${rangeText(from, old)} +${rangeText(from + shift, now)} @@\n${[
      ...lines.texts.slice(from, change.from).map(line => lineOf(' ', line)),
      ...lines.texts.slice(change.from, change.to).map(line => lineOf('-', line)),
      ...change.now.map(line => lineOf('+', line)),
      ...lines.texts.slice(change.to, to).map(line => lineOf(' ', line)),
    ].join('')}`;
    shift += now - old;
    done = to;
  }
  return { patch };
}

interface LinesOfText {
  /** The lines, each with its line end. */
  readonly texts: readonly string[];
  /** Where each line begins, and where the text ends. */
  readonly starts: readonly number[];
}

function linesOf(text: string): LinesOfText {
  const texts = text.split(/(?<=\n)/);
  const starts = [0];
  for (const line of texts) starts.push((starts.at(-1) ?? 0) + line.length);
  return { texts: text === '' ? [] : texts, starts };
}

/** The line of a character, from 0. */
function lineAt({ starts }: LinesOfText, offset: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Lines from one up to another, and their replacement. */
interface Change {
  readonly from: number;
  readonly to: number;
  readonly now: readonly string[];
}

function changesOf(text: string, lines: LinesOfText, splices: readonly Splice[]): readonly Change[] {
  const groups: { from: number; to: number; splices: Splice[] }[] = [];
  for (const splice of splices) {
    const from = lineAt(lines, splice.from);
    const isWhole =
      /^$|\n$/.test(splice.text) &&
      [splice.from, splice.to].every(at => lines.starts[lineAt(lines, at)] === at);
    const to = lineAt(lines, splice.to) + (isWhole ? 0 : 1);
    const last = groups.at(-1);
    if (last && from <= last.to) {
      last.to = Math.max(last.to, to);
      last.splices.push(splice);
    } else groups.push({ from, to, splices: [splice] });
  }
  return groups.map(({ from, to, splices: own }) => {
    const start = lines.starts[from] ?? 0;
    const before = text.slice(start, lines.starts[Math.min(to, lines.texts.length)]);
    const moved = own.map(splice => ({ ...splice, from: splice.from - start, to: splice.to - start }));
    return { from, to: Math.min(to, lines.texts.length), now: linesOf(spliced(before, moved)).texts };
  });
}

/**
 * The lines to show: a change with what may be shown around it. `git apply` takes a change without a line after it to be at the
 * end of the file, so there has to be one.
 */
function around(
  { from, to }: Change,
  first: number,
  limit: number,
  texts: readonly string[],
  isHidden: (line: number) => boolean,
): { readonly from: number; readonly to: number } {
  const isBetween = (line: number): boolean => /^---(?=\s|$)/.test(texts[line] ?? '');
  const ends = (line: number): boolean => isHidden(line) || isBetween(line);
  let [start, end] = [from, to];
  while (start > first && from - start < CONTEXT && !ends(start - 1)) start--;
  if (end < limit) end++;
  while (end < limit && end - to < CONTEXT && !isBetween(end - 1) && !ends(end)) end++;
  return { from: start, to: end };
}

/** The lines of the changed documents, from 0, that have something not to be shown. */
function untoldLines(text: string, lines: LinesOfText, splices: readonly Splice[]): ReadonlySet<number> {
  const hidden = new Set<number>();
  const roots = layoutsAt(
    text,
    splices.map(({ from }) => from),
  );
  for (const root of roots ?? []) {
    const untold = untoldIn(root);
    for (const { key, valueStart, end } of [...eachHolder(root)].flatMap(holder => holder.entries)) {
      if (!untold.has(key)) continue;
      const last = lineAt(lines, Math.max(valueStart, end - 1));
      for (let line = lineAt(lines, valueStart); line <= last; line++) hidden.add(line);
    }
  }
  return hidden;
}

/** Whether a line has unsafe characters. A tab is common in files, and so is a carriage return before the end of a line. */
const isUnsafe = (line: string): boolean => hasUnsafe(line.replace(/\r?\n$/, '').replaceAll('\t', ' '));

const lineOf = (sign: string, line: string): string =>
  line.endsWith('\n') ? `${sign}${line}` : `${sign}${line}\n\\ No newline at end of file\n`;

/** The range of lines in a patch; an empty range is named by the line before it. */
const rangeText = (from: number, length: number): string =>
  length === 1 ? `${from + 1}` : `${length === 0 ? from : from + 1},${length}`;

/**
 * The name of a file as git writes it: in quotes, byte by byte, where it could be taken for something else. A tab after the
 * name ends one with spaces.
 */
function nameOf(name: string): string {
  if (!/["\\\t]/.test(name) && !hasUnsafe(name) && !name.includes('\n'))
    return name.includes(' ') ? `${name}\t` : name;
  const bytes = Array.from(Buffer.from(name), byte =>
    byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c
      ? String.fromCharCode(byte)
      : `\\${byte.toString(8).padStart(3, '0')}`,
  );
  return `"${bytes.join('')}"`;
}
