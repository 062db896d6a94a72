import { isDeepStrictEqual } from 'node:util';
import type { ComposePlace } from '../input/compose/field.ts';
import { isPassedOver } from '../input/passed-over.ts';
import { type PodSubject, readSubjects } from '../input/subjects.ts';
import type { TextEdit } from '../source/edit/splice.ts';
import { type Splice, spliced, splicesFor } from '../source/edit/splice.ts';
import { objectsOf } from '../source/list.ts';
import type { Keys } from '../source/path.ts';
import { Lines } from '../source/yaml/lines.ts';
import { readDocuments } from '../source/yaml/yaml.ts';
import type { Mended } from './smallest.ts';

/** An object of a file, and what it is to become. */
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
 * The text of a file with these objects changed and all else as it was; undefined where a change of their lines alone would
 * not make of them what is meant, and of every other Pod what it was: where an alias shares them, or a key is set twice.
 * @param namespace of objects that name none
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

/** Read anew: the Pods of the changed text are those that were judged. */
function isAsMeant(before: string, after: string, meant: readonly Meant[], namespace: string): boolean {
  const place = meant.find(({ subject }) => subject.composed)?.subject.composed?.place;
  const [was, is] = [before, after].map(text => subjectsOf(text, namespace, place)) as [Read, Read];
  const expected = was.subjects.map(
    one => meant.find(({ subject }) => isAt(one, subject))?.mended.subject.pod ?? one.pod,
  );
  return (
    is.objects === was.objects &&
    is.errors === was.errors &&
    isDeepStrictEqual(
      is.subjects.map(({ pod }) => pod),
      expected,
    )
  );
}

interface Read {
  readonly subjects: readonly PodSubject[];
  readonly objects: number;
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
    objects: objects.length,
    errors: all.filter(({ severity }) => severity === 'error').length,
  };
}

const isAt = ({ source, name, pathOf }: PodSubject, other: PodSubject): boolean =>
  source.line === other.source.line &&
  source.column === other.source.column &&
  name === other.name &&
  pathOf('spec') === other.pathOf('spec');
