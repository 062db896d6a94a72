import { readFile, stat } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import process from 'node:process';
import { type Meant, type Rewritten, rewritten } from '../../fix/text.ts';
import type { ByHand, Fixes, Untold } from '../../report/fix/fixes.ts';
import { placeRead } from '../../source/document.ts';
import { unifiedDiff } from '../../source/edit/unified.ts';
import { decodeText, encodeLike, hasMark, isUtf16, MARK } from '../../source/files/decode.ts';
import { madeWith } from '../judging/explaining.ts';
import type { Searched } from './search.ts';
import { replaceFile } from './write.ts';

export interface InFiles {
  /** The namespace of objects that name none. */
  readonly namespace: string;
  /** Whether to change files instead of making a patch. */
  readonly write: boolean;
  /** The content of standard input. */
  readonly stdin: Uint8Array | undefined;
}

/** The changes of objects as changes of their files, file by file. */
export async function inFiles(found: readonly Searched[], options: InFiles): Promise<Omit<Fixes, 'version'>> {
  const all: InFile[] = [];
  for (const [file, own] of Map.groupBy(found.filter(isMended), fileOf))
    all.push(await inFile(file, own, options));
  const hands = new Map(all.flatMap(({ byHand = [] }) => byHand));
  return {
    fixes: found.map(one => {
      const byHand = hands.get(one);
      return byHand ? { ...one.fix, edits: [], byHand } : one.fix;
    }),
    patch: all.map(({ patch = '' }) => patch).join(''),
    untold: all.flatMap(({ untold }) => untold ?? []),
    written: all.flatMap(({ written }) => written ?? []),
  };
}

/** The results for the objects of one file. */
interface InFile {
  readonly patch?: string;
  readonly untold?: Untold;
  readonly written?: string;
  /** The objects that a person has to change. */
  readonly byHand?: readonly (readonly [Searched, ByHand])[];
}

async function inFile(
  file: string,
  own: readonly (Searched & Meant)[],
  { namespace, write, stdin }: InFiles,
): Promise<InFile> {
  const bytes = own.some(isRendered) ? 'rendered' : await bytesOf(file, stdin);
  if (typeof bytes === 'string') return { byHand: own.map(one => [one, bytes]) };
  const { text, left } = rewrittenIn(decodeText(bytes), own, namespace);
  const byHand = left.map(one => [one, 'layout'] as const);
  if (!text) return { byHand };
  if (!write) return { byHand, ...patchOf(file, bytes, text) };
  await replaceFile(file, encodeLike(text.after, bytes));
  return { byHand, written: file };
}

const isMended = (one: Searched): one is Searched & Meant => one.mended !== undefined;

const fileOf = ({ subject }: Searched): string => placeRead(subject.source).file;

/** Whether a program made it from a chart or a kustomization, also on standard input. */
const isRendered = ({ subject: { source } }: Searched): boolean =>
  source.rendered !== undefined || madeWith(source.file) !== undefined;

/** The content of a file; a pipe can be read only once. */
async function bytesOf(file: string, stdin: Uint8Array | undefined): Promise<Uint8Array | 'unreadable'> {
  if (file === '-') return stdin ?? 'unreadable';
  try {
    return (await stat(file)).isFile() ? await readFile(file) : 'unreadable';
  } catch {
    return 'unreadable';
  }
}

/** Changes all objects together. If that is not possible, it changes those that can be changed by themselves. */
function rewrittenIn(
  text: string,
  own: readonly (Searched & Meant)[],
  namespace: string,
): { readonly text?: Rewritten | undefined; readonly left: readonly Searched[] } {
  const all = rewritten(text, own, namespace);
  if (all) return { text: all, left: [] };
  const some = own.filter(one => rewritten(text, [one], namespace) !== undefined);
  const together = some.length > 0 ? rewritten(text, some, namespace) : undefined;
  return together ? { text: together, left: own.filter(one => !some.includes(one)) } : { left: own };
}

function patchOf(
  file: string,
  bytes: Uint8Array,
  { before, splices }: Rewritten,
): Pick<InFile, 'patch' | 'untold'> {
  if (isUtf16(bytes)) return { untold: { file, holds: 'UTF-16' } };
  const marked = hasMark(bytes);
  const moved = marked ? splices.map(one => ({ ...one, from: one.from + 1, to: one.to + 1 })) : splices;
  const unified = unifiedDiff(marked ? `${MARK}${before}` : before, moved, nameIn(file));
  return 'patch' in unified
    ? { patch: unified.patch }
    : { untold: { file, line: unified.line, holds: unified.holds } };
}

/**
 * The name by which `git apply` and `patch -p1` find it from where the command runs; `git apply` takes no name that leads out
 * of there.
 */
function nameIn(file: string): string {
  const path = isAbsolute(file) ? relative(process.cwd(), file) : file;
  return path.startsWith('../') ? file.replace(/^\/+/, '') : path.replace(/^\.\//, '');
}
