import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isPassedOver } from '../../src/input/passed-over.ts';
import { readSubjects } from '../../src/input/subjects.ts';
import type { SourceDocument } from '../../src/source/document.ts';
import { objectsOf } from '../../src/source/list.ts';
import { type Keys, valueAt } from '../../src/source/path.ts';
import { parseYaml } from '../../src/source/yaml/parse.ts';
import { type IsPassedOver, passingOver } from '../../src/source/yaml/pass-over.ts';
import { type Reading, readDocuments } from '../../src/source/yaml/yaml.ts';
import { Random } from '../fuzz/random.ts';

const FILE = 'all.yaml';
const CASES = 300;

/** All that becomes of a text, but for the objects that nobody asks about. */
function answer(text: string, passedOver?: IsPassedOver): unknown {
  const { documents, problems } = readDocuments(text, FILE, 'manifests', passedOver);
  const { objects, problems: tooMany } = objectsOf(documents);
  const { subjects, ...rest } = readSubjects(objects, 'default', new Set([FILE]));
  return {
    ofFile: [problems, tooMany],
    places: documents.map(({ position }) => position),
    ...rest,
    subjects: subjects.map(({ document: _, pathOf, ...subject }) => ({ ...subject, at: pathOf('spec') })),
  };
}

/** A document as it was read: its value, and of each entry where it stands and what was written. */
const readAs = ({ value, position, positionOf, writtenAt }: SourceDocument): unknown => ({
  ...{ value, position },
  order: JSON.stringify(value),
  entries: pathsIn(value).map(path => [path, positionOf(path), writtenAt?.(path)]),
});

function pathsIn(value: unknown, at: Keys = []): readonly Keys[] {
  if (typeof value !== 'object' || value === null) return [at];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [at, ...keys.flatMap(key => pathsIn(valueAt(value, [key]), [...at, key]))];
}

const endsOf = (text: string, look?: ReturnType<typeof passingOver>): readonly number[] =>
  Array.from(parseYaml(text, look), ({ end }) => end);

function entriesIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value);
  return inner.length + inner.reduce((sum: number, one) => sum + entriesIn(one), 0);
}

/** Holds a text against itself. @returns how many of its documents were passed over */
function compare(text: string): number {
  const look = passingOver(text, isPassedOver);
  expect(answer(text, isPassedOver), text).toEqual(answer(text));
  expect(endsOf(text, look), text).toEqual(endsOf(text));
  // With nothing that is passed over, all are read.
  const read = (isPassedOver?: IsPassedOver): Reading => readDocuments(text, FILE, 'manifests', isPassedOver);
  expect(read(() => false).documents.map(readAs), text).toEqual(read().documents.map(readAs));
  expect(read(() => false).problems, text).toEqual(read().problems);
  const passed = [...parseYaml(text, look)].flatMap(one => ('kind' in one ? [one] : []));
  for (const { start, end, apiVersion, kind, entries } of passed) {
    const [document] = readDocuments(text.slice(start, end), FILE).documents;
    // Signs that kubectl reads otherwise are an error of whatever document they are in.
    if (!document) continue;
    expect(document.value).toMatchObject({ apiVersion, kind });
    expect(entriesIn(document.value), text).toBe(entries);
  }
  return passed.length;
}

const isPassed = (text: string): boolean => 'kind' in (passingOver(text, isPassedOver)(0) ?? {});
const isBuilt = (text: string): boolean => 'built' in (passingOver(text, () => false)(0) ?? {});

const CONFIG = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';

/** Written as people and programs write what holds no Pods. */
const PASSED = [
  CONFIG,
  `# of whom\n\n---\n${CONFIG}  namespace: "b" # here\n`,
  `${CONFIG}data:\n  a: |\n    kind: Pod\n    ---\n     items:\n\n  b: >-\n    x\n  c:\n  d: e\n`,
  `${CONFIG}data: # all\n  "a.b": 'it''s\n\n    more' # it\n  'c d': "e \\" f\n    \\ g\\\n    h"\n  e:\n    below\n    more\n`,
  `${CONFIG}data:\n  list:\n  - a\n  - - b\n    - c: d\n      e: [f, "g", 'h'] # i\n  -\n    {}\n  - # none\n  - x: 1\n\n    z: -2\n`,
  'kind: CustomResourceDefinition\napiVersion: apiextensions.k8s.io/v1\nspec:\n  versions:\n  - schema:\n      openAPIV3Schema:\n        properties:\n          items:\n            description: One of\n              several lines.\n            pattern: ^[a-z]*$\n',
] as const;

/** Read without a tree: what stands in one line, and blocks that keep their lines. */
const BUILT = [
  'a: 1\nb: 0x10\nc: yes\nd: ~\ne: "1"\nf: 1_000\ng: -0\nh: 1e3 # i\n',
  'a:\n  - b: \'it\'\'s\'\n    "c": "d\\"\\\\\\/\\n\\r\\t\\ e"\n  - - f\n    - [0x1, on, \'a b\', "c", d/e]\n  -\n    g: {}\n  -\n    h\n',
  'a: |\n  b\n\n    c #\n  d\n\n\ne: |-\n  f\n\ng:\n- h: []\n- i\nj: http://k#l   # m\n',
  '# first\n---\na: |\n    b',
  `__proto__: {}\nconstructor: a\nitems:\n- ${CONFIG.trimEnd().replaceAll('\n', '\n  ')}\n`,
] as const;

/** A look knows it, and what it says is left to a tree. */
const FOLDED = [
  'a: b\n  c\n',
  'a: "b\n  c"\n',
  'a: >\n  b\n',
  'a: |+\n  b\n',
  'a: |\n  b\n   \n',
  'a: |-\n  b\r\nc: d\n',
  'a:\n-\n- b\n',
  'a:\n  - b\n  -\nc: d\n',
  'a:\n  "1": b\n  "0": c\n',
] as const;

/** Texts that a quick look does not know, does not believe, or must not pass over. */
const PARSED: Readonly<Record<string, string>> = {
  'a kind that makes Pods': CONFIG.replace('ConfigMap', 'Pod'),
  'a kind that others make': CONFIG.replace('v1', 'example.com/v1'),
  'a Namespace, whose labels count': CONFIG.replace('ConfigMap', 'Namespace'),
  'an exemption, which is named where it lies': `apiVersion: cofferdam.dev/v1alpha1\nkind: SandboxExemption\nmetadata:\n  name: a\n`,
  'a Role, whose rights count': CONFIG.replace('v1', 'rbac.authorization.k8s.io/v1').replace(
    'ConfigMap',
    'Role',
  ),
  'a list': `${CONFIG}items:\n- apiVersion: v1\n  kind: Pod\n`,
  'a list by a key in quotes': `${CONFIG}"items":\n- apiVersion: v1\n  kind: Pod\n`,
  'a kind that is set twice': `${CONFIG}kind: Pod\n`,
  'a kind that is set twice, in quotes': `${CONFIG}"kind": Pod\n`,
  'a key that is set twice': `${CONFIG}data:\n  a: 1\n  a: 2\n`,
  'keys that are one to kubectl': `${CONFIG}data:\n  yes: 1\n  true: 2\n`,
  'a kind that goes on': CONFIG.replace('ConfigMap', 'ConfigMap\n  more'),
  'no kind': CONFIG.replace(/kind.*\n/, ''),
  'a name that is no text': CONFIG.replace('name: a', 'name: 1'),
  'a name that is true': CONFIG.replace('name: a', 'name: yes'),
  'metadata that are a list': CONFIG.replace('  name: a', '- a'),
  'metadata that are text': CONFIG.replace('name: a', 'a'),
  'an anchor': `${CONFIG}data: &a\n  b: c\n`,
  'an alias': `${CONFIG}data: *a\n`,
  'a tag': `${CONFIG}data: !!map\n  b: c\n`,
  'a merge key': `${CONFIG}data:\n  <<: {}\n`,
  'a complex key': `${CONFIG}? a\n: b\n`,
  'no number': `${CONFIG}data: .nan\n`,
  'no number before a comment': `${CONFIG}data: -.inf # none\n`,
  'a tab': `${CONFIG}data:\n\ta: b\n`,
  'a carriage return': `${CONFIG.replaceAll('\n', '\r\n')}`,
  'a carriage return at the end of one line of a block': `${CONFIG}data: |\n    a\r\n    b\n`,
  'a carriage return at the end of a block': `${CONFIG}data:\n- |-\n  a\r\n- b\n`,
  'a byte order mark': `\ufeff${CONFIG}`,
  'flow style': '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n',
  JSON: '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}\n',
  'a directive': `%YAML 1.2\n---\n${CONFIG}`,
  'an end of document': `${CONFIG}...\n`,
  'text that does not end': `${CONFIG}data: "a\n`,
  'text that ends before its line': `${CONFIG}data: "a" b\n`,
  'an escape that is none': `${CONFIG}data: "\\q"\n`,
  'a block with a hint': `${CONFIG}data: |2\n    a\n`,
  'a block below whose first lines are longer': `${CONFIG}data: |\n      \n    a\n`,
  'a line that belongs to nothing': `${CONFIG}data:\n    a: b\n  c: d\n`,
  'a key in a text': `${CONFIG}data: a\n  b: c\n`,
  'text behind a comment': `${CONFIG}data: a # b\n  c\n`,
  'a template': `${CONFIG}data: {{ .Values.data }}\n`,
};

describe('a document of which no tree is made', () => {
  it.each(PASSED)('is there, and nothing else is said of it: %j', text => {
    expect(isPassed(text)).toBe(true);
    expect(compare(text)).toBe(1);
    expect(
      compare(
        `${CONFIG.replace('ConfigMap', 'Pod')}---\n${text.replace(/^(?:#.*\n|\n)*---\n/, '')}---\n${CONFIG}`,
      ),
    ).toBe(2);
  });

  it.each(BUILT)('is read as its tree says: %j', text => {
    expect(isBuilt(text)).toBe(true);
    compare(text);
    compare(`${CONFIG}---\n${text}\n---\n${text}`);
  });

  it.each(FOLDED)('is not read where white space is folded, or order is not that of its lines: %j', text => {
    expect(isBuilt(text)).toBe(false);
    compare(text);
  });

  it.each(Object.entries(PARSED))('is not one with %s', (_, text) => {
    expect(isPassed(text)).toBe(false);
    compare(text);
    compare(`${CONFIG}---\n${text}---\n${CONFIG}`);
  });

  it('counts among those that a file may have', () => {
    const text = `${CONFIG}---\n`.repeat(50_001);
    const { documents, problems } = readDocuments(text, FILE, 'manifests', isPassedOver);
    expect(documents).toHaveLength(50_000);
    expect(problems.map(({ message }) => message)).toEqual([
      'more than 50000 documents in this file; what follows was not read',
    ]);
  });

  it('counts among the values that a file may have', () => {
    const list = `  - [${Array.from({ length: 40 }, () => 1).join(', ')}]\n`;
    const text = `${CONFIG}data:\n  a:\n${list.repeat(3500)}---\n`.repeat(18);
    expect(isPassed(text)).toBe(true);
    const { documents, problems } = readDocuments(text, FILE, 'manifests', isPassedOver);
    expect(documents).toHaveLength(17);
    expect(problems.map(({ message }) => message)).toEqual([
      'more than 2500000 values in this file; what follows was not read',
    ]);
  }, 120_000);

  it('is no less wrong where it holds what kubectl reads otherwise', () => {
    const text = `${CONFIG}# a\u2028kind: Pod\n`;
    expect(isPassed(text)).toBe(true);
    compare(text);
    expect(readDocuments(text, FILE, 'manifests', isPassedOver).problems).toHaveLength(1);
  });

  it('is no way to hide a word from a review that kubectl reads', () => {
    const text = `${CONFIG.replace('ConfigMap', 'Pod')}spec:\n  procMount: |-\n    Unmasked\r\n`;
    const { documents } = readDocuments(text, FILE, 'manifests', isPassedOver);
    expect(documents[0]?.value).toMatchObject({ spec: { procMount: 'Unmasked' } });
  });

  it('does not start within a line, where three hyphens follow something else', () => {
    const text = `---\na: 1\n --- \n"b": "c"---\n\n${CONFIG}`;
    compare(text);
    expect(readDocuments(text, FILE, 'manifests', isPassedOver).documents).toEqual([]);
  });

  it.each([
    ['""', ']\n'],
    ['', '\n'],
  ])(
    'does not end the review with more items in one line than a pattern remembers: %j',
    (item, end) => {
      const text = `${CONFIG}data:\n  a: [${`${item || 1},`.repeat(2 ** 22)}1${end}`;
      expect(isPassed(text)).toBe(false);
    },
    120_000,
  );

  it.each([
    ['more words than the parser takes', `${CONFIG}data:\n  a:\n${'  - 1\n'.repeat(390_000)}`],
    ['more values than a document may have', `${CONFIG}data:\n  a:\n${'  - [1, 1, 1, 1]\n'.repeat(90_000)}`],
    ['more text in quotes than there may be', `${CONFIG}data: "${'x'.repeat(9 * 1024 * 1024)}"\n`],
    ['more levels than there may be', `${CONFIG}data:\n  ${'- '.repeat(201)}a\n`],
  ])('is none with %s', (_, text) => {
    expect(isPassed(text)).toBe(false);
  });

  it('says what its tree says, whatever is changed in what people write', () => {
    let [passed, built] = [0, 0];
    for (let turn = 0; turn < CASES; turn++) {
      const random = Random.of(5, turn);
      const documents = Array.from({ length: 1 + random.below(3) }, () => {
        const document = random.pick(DOCUMENTS);
        return random.oneIn(4) ? document : changed(document, random);
      });
      passed += compare(`${random.oneIn(2) ? '---\n' : ''}${documents.join('---\n')}`);
      built += documents.filter(isBuilt).length;
    }
    expect(passed).toBeGreaterThan(CASES / 5);
    expect(built).toBeGreaterThan(CASES / 5);
  }, 120_000);
});

const ROOT = resolve(import.meta.dirname, '../..');
const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.yaml'))
    .map(name => readFileSync(join(ROOT, folder, name), 'utf8'));

/** Documents such as this repository has, many of which are passed over. */
const DOCUMENTS: readonly string[] = [
  ...['test/fixtures', 'test/golden/inputs', 'policies', 'docs/samples']
    .flatMap(filesIn)
    .flatMap(text => text.split(/^---\n/m))
    .filter(text => text !== '' && text.length < 4000),
  ...Array.from({ length: 12 }, () => PASSED).flat(),
  ...Object.values(PARSED),
  ...BUILT,
  ...FOLDED,
];

/** What YAML, kubectl or a look at lines could take for something else. */
const PIECES = [
  ...['\t', ' ', '  ', '\n', '\n\n', '\n---\n', '---', '\n...\n', '\n%YAML 1.1\n', ' # c', '\n# c\n', '#'],
  ...[
    ': ',
    ':',
    '- ',
    '-',
    '"',
    "'",
    '|',
    '>',
    '|-\n',
    '&a ',
    '*a',
    '!t ',
    '{',
    '}',
    '[',
    ']',
    '[]',
    ',',
    '? ',
  ],
  ...['~', 'null', '<<: ', '.nan', '-.INF', 'y: 1\n', '\r', '\r\n', '\ufeff', '\u2028', '\u0085', '\0', '\\'],
  ...['items: []\n', 'items:\n', 'kind: Pod\n', '"kind": Pod\n', 'metadata: 1\n', '  name: yes\n', '{{ x }}'],
  ...[
    '"a": b\n',
    '"a\': b": c\n',
    "'a\": b': c\n",
    '"":',
    '\\\n',
    '\n      text\n',
    '\n  "q\n',
    '- # c\n',
    '[a] b',
    '"a" b',
  ],
] as const;

function changed(text: string, random: Random): string {
  let lines = text.split('\n');
  for (let i = 1 + random.few(3); i > 0 && lines.length > 0; i--) {
    const at = random.below(lines.length);
    const line = lines[at] ?? '';
    const ways = [
      () => lines.toSpliced(at, 1),
      () => lines.toSpliced(at, 0, random.pick(lines)),
      () => lines.with(at, `${' '.repeat(random.below(4))}${line}`),
      () => lines.with(at, line.replace(/^ {1,2}/, '')),
      () => lines.with(at, insert(line, random)),
      () => lines.with(at, insert(line, random)),
    ];
    lines = random.pick(ways)();
  }
  const after = lines.join('\n');
  return after.endsWith('\n') ? after : `${after}\n`;
}

/** Inserts at the start or the end of a word, more often than not. */
function insert(line: string, random: Random): string {
  const edges = [...line.matchAll(/\b|$/g)].map(({ index }) => index);
  const at = random.oneIn(3) ? random.below(line.length + 1) : random.pick(edges);
  return `${line.slice(0, at)}${random.pick(PIECES)}${line.slice(at + (random.oneIn(5) ? 1 : 0))}`;
}
