import { isDeepStrictEqual } from 'node:util';
import type { ComposePlace } from '../input/compose/field.ts';
import { isPassedOver } from '../input/passed-over.ts';
import { parsePath } from '../input/path.ts';
import { type PodSubject, readSubjects } from '../input/subjects.ts';
import type { Position, SourceDocument } from '../source/document.ts';
import type { TextEdit } from '../source/edit/splice.ts';
import { type Splice, spliced, splicesFor } from '../source/edit/splice.ts';
import { objectsOf } from '../source/list.ts';
import { formatPath, type Keys } from '../source/path.ts';
import { Lines } from '../source/yaml/lines.ts';
import { readDocuments } from '../source/yaml/yaml.ts';
import type { Mended } from './smallest.ts';

/** An object of a file, and what it should become. */
export interface Meant {
  readonly subject: PodSubject;
  readonly mended: Mended;
}

/** A file before and after. */
export interface Rewritten {
  readonly before: string;
  readonly after: string;
  readonly splices: readonly Splice[];
}

/**
 * The text of a file with these objects changed and everything else as it was; undefined where changing only their lines would
 * not have exactly that result: where an alias shares them, or a key is set twice.
 * @param namespace the namespace of objects that name none
 */
export function rewritten(before: string, meant: readonly Meant[], namespace: string): Rewritten | undefined {
  const edits = textEditsFor(before, meant);
  const splices = edits && splicesFor(before, edits);
  if (!splices) return undefined;
  const after = spliced(before, splices);
  return isAsMeant(before, after, meant, namespace) ? { before, after, splices } : undefined;
}

function textEditsFor(text: string, meant: readonly Meant[]): readonly TextEdit[] | undefined {
  const lines = new Lines(text, '');
  const edits = meant.flatMap(({ subject, mended }) =>
    mended.edits.map(({ op, keys, value }): TextEdit | undefined => {
      if (op === 'add')
        return addition(lines.offsetOf(subject.document.positionOf(keys.slice(0, -1))), keys, value);
      const at = lines.offsetOf(subject.document.positionOf(keys));
      const isItem = typeof keys.at(-1) === 'number';
      return at === undefined ? undefined : { at, isItem, ...(value !== undefined && { put: value }) };
    }),
  );
  return edits.every(edit => edit !== undefined) ? edits : undefined;
}

const addition = (at: number | undefined, keys: Keys, value = ''): TextEdit | undefined =>
  at === undefined ? undefined : { at, isItem: false, add: { key: String(keys.at(-1)), value } };

/** Checks by reading the text again: the Pods of the changed text are those that were judged, and nothing else has changed. */
function isAsMeant(before: string, after: string, meant: readonly Meant[], namespace: string): boolean {
  const place = meant.find(({ subject }) => subject.composed)?.subject.composed?.place;
  const [was, is] = [before, after].map(text => subjectsOf(text, namespace, place)) as [Read, Read];
  const expected = was.subjects.map(
    one => meant.find(({ subject }) => isAt(one, subject))?.mended.subject.pod ?? one.pod,
  );
  return (
    is.errors === was.errors &&
    isAllElseTheSame(was.objects, is.objects, meant) &&
    isDeepStrictEqual(
      is.subjects.map(({ pod }) => pod),
      expected,
    )
  );
}

/** Compares objects without the Pods that should change. Compose files contain nothing but services. */
function isAllElseTheSame(
  was: readonly SourceDocument[],
  is: readonly SourceDocument[],
  meant: readonly Meant[],
): boolean {
  if (was.length !== is.length) return false;
  return was.every(({ value, position }, i) => {
    const own = meant.filter(({ subject }) => isSamePlace(subject.document.position, position));
    if (own.some(({ subject }) => subject.composed)) return true;
    const pods = own.flatMap(({ subject }) => POD.map(field => formatPath(parsePath(subject.pathOf(field)))));
    return isSameBut(value, is[i]?.value, new Set(pods));
  });
}

/** The fields by which an object describes its Pod. */
const POD = ['metadata', 'spec'];

function isSameBut(was: unknown, is: unknown, left: ReadonlySet<string>, at: Keys = []): boolean {
  if (left.has(formatPath(at))) return true;
  if (!isHolder(was) || !isHolder(is)) return isDeepStrictEqual(was, is);
  const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
  const isList = Array.isArray(was);
  return [...keys].every(key => isSameBut(was[key], is[key], left, [...at, isList ? Number(key) : key]));
}

const isHolder = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

interface Read {
  readonly subjects: readonly PodSubject[];
  readonly objects: readonly SourceDocument[];
  readonly errors: number;
}

/** @param place where a Compose file would be started */
function subjectsOf(text: string, namespace: string, place: ComposePlace | undefined): Read {
  const { documents, problems } = readDocuments(text, '', 'manifests', isPassedOver);
  const { objects, problems: tooMany } = objectsOf(documents);
  const read = readSubjects(objects, namespace, undefined, place && (() => place));
  const all = [...problems, ...tooMany, ...read.problems];
  return {
    subjects: read.subjects,
    objects,
    errors: all.filter(({ severity }) => severity === 'error').length,
  };
}

const isAt = ({ source, name, pathOf }: PodSubject, other: PodSubject): boolean =>
  isSamePlace(source, other.source) && name === other.name && pathOf('spec') === other.pathOf('spec');

const isSamePlace = (one: Position, other: Position): boolean =>
  one.line === other.line && one.column === other.column;
