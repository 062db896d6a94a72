import fc from 'fast-check';
import { stringify } from 'yaml';
import { type PodSubject, readSubjects } from '../../src/input/subjects.ts';
import { objectsOf } from '../../src/source/list.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';

/** How an author may have written an object. */
export interface Written {
  readonly text: string;
  /** What stands before and behind it, and has to stay as it is. */
  readonly before: string;
  readonly behind: string;
}

/** A Pod as a manifest of some kind, in some layout, between other documents. */
export const written = (pod: object): fc.Arbitrary<Written> =>
  fc
    .record({
      kind: fc.constantFrom('Pod', 'Pod', 'Deployment', 'List'),
      layout: fc.constantFrom(
        'lines',
        'lines',
        'lines without indentation',
        'lines with aliases',
        'brackets',
        'JSON',
        'JSON lines',
      ),
      isOfWindows: fc.boolean(),
      neighbours: fc.boolean(),
    })
    .map(({ kind, layout, isOfWindows, neighbours }) => {
      const isJson = layout.startsWith('JSON');
      const own = WRITERS[layout]?.(objectOf(kind, pod), FIELDS[kind] ?? /^\w/gm) ?? '';
      const [before, behind] = neighbours && !isJson ? [BEFORE, BEHIND] : ['', ''];
      const ends = (text: string): string => (isOfWindows ? text.replaceAll('\n', '\r\n') : text);
      return { text: ends(before + own + behind), before: ends(before), behind: ends(behind) };
    });

/** Layouts that no program writes, with text that looks like what goes. */
const BEFORE = `# hostPID: true\napiVersion:   v1\nkind: "ConfigMap"   # odd\nmetadata: {name: before ,}\ndata:\n    a: |+\n        hostPID: true\n\n---\n`;
const BEHIND = `---\n{"apiVersion": "v1", "kind": ConfigMap, metadata: {name: behind}}   # behind\n`;

/** What YAML 1.1 takes for true has to be in quotes, as kubectl reads it so. */
const COMMON = {
  lineWidth: 0,
  blockQuote: false,
  schema: 'yaml-1.1',
  aliasDuplicateObjects: false,
} as const;
const WRITERS: Readonly<Record<string, (object: object, fields: RegExp) => string>> = {
  lines: (object, fields) => commented(stringify(object, COMMON), fields),
  'lines without indentation': (object, fields) =>
    commented(stringify(object, { ...COMMON, indentSeq: false }), fields),
  'lines with aliases': (object, fields) =>
    commented(stringify(object, { ...COMMON, aliasDuplicateObjects: true }), fields),
  brackets: object => stringify(object, { ...COMMON, collectionStyle: 'flow' }),
  JSON: object => `${JSON.stringify(object, null, 2)}\n`,
  'JSON lines': object => `${JSON.stringify(object)}\n`,
};

function objectOf(kind: string, pod: object): object {
  const { metadata, spec } = pod as { readonly metadata: object; readonly spec: object };
  const named = { ...metadata, name: 'web', namespace: 'shop' };
  const itself = { apiVersion: 'v1', kind: 'Pod', metadata: named, spec };
  switch (kind) {
    case 'Deployment':
      return {
        apiVersion: 'apps/v1',
        kind,
        metadata: { name: 'web', namespace: 'shop' },
        spec: { template: { metadata, spec } },
      };
    case 'List':
      return {
        apiVersion: 'v1',
        kind,
        items: [{ apiVersion: 'v1', kind: 'Service', metadata: named }, itself],
      };
    default:
      return itself;
  }
}

/** Where fields of an object begin, and of the metadata and the spec of its Pod. */
const FIELDS: Readonly<Record<string, RegExp>> = { Pod: /^(?: {2})?\w/gm, Deployment: /^(?: {6})?\w/gm };

/** A comment above each of these fields. */
const commented = (text: string, fields: RegExp): string =>
  text.replaceAll(fields, (line, at) => `${line.slice(0, -1)}# keep ${at}\n${line}`);

/** The comments that `commented` wrote. */
export const commentsIn = (text: string): readonly string[] => text.match(/# keep \d+/g) ?? [];

/** The Pods of a text. */
export function subjectsIn(text: string): readonly PodSubject[] {
  const { documents } = readDocuments(text, 'web.yaml', 'manifests');
  return readSubjects(objectsOf(documents).objects, 'default').subjects;
}
