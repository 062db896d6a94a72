import { type Entry, eachHolder, type Holder, layoutsAt } from './layout.ts';
import { isUntold } from './untold.ts';

/** A change of one entry of a text. */
export interface TextEdit {
  /** Where the key or the item begins. An item that is a map begins where its first key does. */
  readonly at: number;
  readonly isItem: boolean;
  /** The scalar that replaces its value; left out where the entry is removed. */
  readonly put?: string;
  /** A key to add to the map that is its value, which keeps all that it has. */
  readonly add?: Added;
}

/** A key that a map lacks, with its value, a scalar. */
interface Added {
  readonly key: string;
  readonly value: string;
}

/** The characters of a text from one offset to another, and their replacement. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * The splices that remove these entries or change their values, and leave all else as it is: comments, layout, line ends, other
 * documents. A comment in the line of a removed entry is removed with it; one in a line of its own stays. Undefined where such
 * splices cannot do it.
 */
export function splicesFor(text: string, edits: readonly TextEdit[]): readonly Splice[] | undefined {
  const asked: Asked = new Map(edits.map(edit => [nameOf(edit.isItem, edit.at), edit]));
  const roots = layoutsAt(
    text,
    edits.map(({ at }) => at),
  );
  const splices: Splice[] = [];
  let found = 0;
  for (const holder of (roots ?? []).flatMap(root => [...eachHolder(root)])) {
    const count = holder.entries.filter(entry => editOf(entry, holder, asked)).length;
    const some = count > 0 ? inHolder(text, holder, asked) : [];
    if (!some) return undefined;
    found += count;
    splices.push(...some);
  }
  return found === asked.size ? joined(splices) : undefined;
}

/** Edits by the node that they change. */
type Asked = ReadonlyMap<string, TextEdit>;

const nameOf = (isItem: boolean, at: number): string => `${isItem ? 'item' : 'key'} ${at}`;

const editOf = ({ start }: Entry, { isList }: Holder, asked: Asked): TextEdit | undefined =>
  asked.get(nameOf(isList, start));

/** The text with its splices, which are in order and do not overlap. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let [done, at] = ['', 0];
  for (const splice of splices) {
    done += text.slice(at, splice.from) + splice.text;
    at = splice.to;
  }
  return done + text.slice(at);
}

/** The splices in order, without those that are within another. */
function joined(splices: readonly Splice[]): readonly Splice[] {
  // An addition in front of a removed part is not within it.
  const ordered = splices.toSorted(
    (a, b) => a.from - b.from || Number(b.to === b.from) - Number(a.to === a.from) || b.to - a.to,
  );
  const apart: Splice[] = [];
  for (const splice of ordered) if (splice.from >= (apart.at(-1)?.to ?? 0)) apart.push(splice);
  return apart;
}

function inHolder(text: string, holder: Holder, asked: Asked): readonly Splice[] | undefined {
  const puts = holder.entries.flatMap(entry => putFor(text, entry, editOf(entry, holder, asked)?.put));
  const added = holder.entries.flatMap(entry => {
    const { add } = editOf(entry, holder, asked) ?? {};
    return add ? [addedTo(text, entry.holder, add, asked)] : [];
  });
  const runs = runsOf(holder, asked).map(run => (holder.isFlow ? withoutFlow : withoutBlock)(text, run));
  const all = [...puts, ...added, ...runs];
  return all.every(some => some !== undefined) ? all.flat() : undefined;
}

/** The splice for a new value: none where the entry keeps its value, and `undefined` where that value is not a scalar. */
function putFor(
  text: string,
  { holder, valueStart, end }: Entry,
  put: string | undefined,
): readonly (readonly Splice[] | undefined)[] {
  if (put === undefined) return [];
  // A key without a value ends at its colon, or before it.
  const behind = text[end] === ':' ? end + 1 : end;
  if (!holder && valueStart === end) return [[{ from: behind, to: behind, text: ` ${asWritten(put, '')}` }]];
  return [holder ? undefined : [{ from: valueStart, to: end, text: asWritten(put, text[valueStart]) }]];
}

/**
 * The splice that adds a key. In brackets, the key comes first; in lines, it comes after the first key that is in one line with
 * its value, as comments are about what follows them. A patch has to show the line after it, and may not show every line.
 */
function addedTo(
  text: string,
  holder: Holder | undefined,
  { key, value }: Added,
  asked: Asked,
): readonly Splice[] | undefined {
  const [first] = holder?.entries ?? [];
  if (!holder || holder.isList || !first) return undefined;
  const isFirst = isFirstInLine(text, first.start);
  const indent = text.slice(lineStart(text, first.start), first.start);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  if (holder.isFlow) {
    const quote = text[first.start] === '"' ? '"' : '';
    const entry = `${quote}${key}${quote}: ${asWritten(value, quote)},${isFirst ? `${newline}${indent}` : ' '}`;
    return [{ from: first.start, to: first.start, text: entry }];
  }
  const { entries } = holder;
  const behind =
    entries.find(
      (entry, i) =>
        !editOf(entry, holder, asked) && isOneLine(text, entry) && !hidesItself(text, entries[i + 1]),
    ) ?? entries.at(-1);
  const at = behind && nextLine(text, behind.end);
  if (at === undefined || !isFirst) return undefined;
  const line = `${indent}${key}: ${asWritten(value, '')}`;
  const isAtEnd = at === text.length && text[at - 1] !== '\n';
  return [{ from: at, to: at, text: isAtEnd ? `${newline}${line}` : `${line}${newline}` }];
}

const isOneLine = (text: string, { holder, start, end }: Entry): boolean =>
  !holder && !text.slice(start, end).includes('\n');

/** Whether the line in which it begins has something that a patch may not show. */
const hidesItself = (text: string, entry: Entry | undefined): boolean =>
  entry !== undefined && isUntold(entry.key) && !text.slice(entry.start, entry.valueStart).includes('\n');

/** Removed entries are taken together with removed entries that follow them. */
function runsOf(holder: Holder, asked: Asked): readonly Run[] {
  const { entries } = holder;
  const runs: Run[] = [];
  for (const [i, entry] of entries.entries()) {
    const edit = editOf(entry, holder, asked);
    if (!edit || edit.put !== undefined || edit.add) continue;
    const last = runs.at(-1);
    const run = { all: [entry], first: entry, last: entry, before: entries[i - 1], next: entries[i + 1] };
    if (last && last.last === entries[i - 1])
      runs.splice(-1, 1, { ...last, all: [...last.all, entry], last: entry, next: run.next });
    else runs.push(run);
  }
  return runs;
}

/** A scalar, quoted like the one before it; without quotes where it needs none. */
function asWritten(value: string, quote: string | undefined): string {
  if (quote === "'") return `'${value.replaceAll("'", "''")}'`;
  const isPlain = /^[a-zA-Z][\w.-]*$/.test(value) && !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(value);
  return quote !== '"' && isPlain ? value : JSON.stringify(value);
}

/** Consecutive entries of one holder, all of which are removed. */
interface Run {
  readonly all: readonly Entry[];
  readonly first: Entry;
  readonly last: Entry;
  readonly before: Entry | undefined;
  readonly next: Entry | undefined;
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

/** Whether nothing comes before it in its line. */
const isFirstInLine = (text: string, at: number): boolean =>
  text.slice(lineStart(text, at), at).trim() === '';

/** Where the line after an end begins, if only a comment follows the end in its line; undefined where there is more. */
function nextLine(text: string, end: number): number | undefined {
  // Text of several lines ends with the end of its last line.
  if (text[end - 1] === '\n') return end;
  const newline = text.indexOf('\n', end);
  const rest = text.slice(end, newline < 0 ? undefined : newline);
  if (!/^:?[ \t\r]*(?:#.*)?\r?$/.test(rest)) return undefined;
  return newline < 0 ? text.length : newline + 1;
}

/** Removes entries that are in lines of their own. */
function withoutBlock(text: string, { all, next }: Run): readonly Splice[] | undefined {
  const splices = all.map((entry, i): Splice | undefined => {
    const to = nextLine(text, entry.end);
    if (to === undefined) return undefined;
    if (isFirstInLine(text, entry.mark)) return { from: lineStart(text, entry.mark), to, text: '' };
    // It comes after the dash of an item, and what follows takes its place, whether a comment or another entry.
    const follower = all[i + 1] ?? next;
    return follower && { from: entry.mark, to: to + blanksAt(text.slice(to, follower.mark)), text: '' };
  });
  return splices.every(splice => splice !== undefined) ? afterDash(text, splices, all) : undefined;
}

const blanksAt = (text: string): number => /^\s*/.exec(text)?.[0].length ?? 0;

/**
 * If an entry has been moved to the dash in place of a removed one, and is then removed as well, its own line has already gone.
 */
function afterDash(text: string, splices: readonly Splice[], all: readonly Entry[]): readonly Splice[] {
  const done: Splice[] = [];
  for (const [i, splice] of splices.entries()) {
    const last = done.at(-1);
    const mark = all[i]?.mark;
    if (last && last.to === mark)
      done.splice(-1, 1, { ...last, to: splice.to + blanksAt(text.slice(splice.to)) });
    else done.push(splice);
  }
  return done;
}

/** Removes entries in brackets, with commas between them. */
function withoutFlow(text: string, { first, last, before, next }: Run): readonly Splice[] | undefined {
  // Such a comment may be about any of them.
  if (/\n[ \t]*#/.test(text.slice(first.end, last.start))) return undefined;
  if (next) {
    const gap = text.slice(last.end, next.start);
    const own = /^[ \t]*,[ \t]*(?:#[^\n]*)?\n/.exec(gap)?.[0].length;
    // If a comment in a line of its own is between the two, only the lines of the removed part are removed.
    if (gap.slice(own).includes('#')) {
      const isWhole = own !== undefined && isFirstInLine(text, first.start);
      return isWhole ? [{ from: lineStart(text, first.start), to: last.end + own, text: '' }] : undefined;
    }
    return [{ from: first.start, to: next.start, text: '' }];
  }
  if (!before) return [{ from: first.start, to: last.end, text: '' }];
  const gap = text.slice(before.end, first.start);
  return gap.includes('#') ? undefined : [{ from: before.end, to: last.end, text: '' }];
}
