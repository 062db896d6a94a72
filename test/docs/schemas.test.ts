import { readdirSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import { validate } from '../../src/policy/validate.ts';
import { API_VERSION, KINDS } from '../../src/source/group.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';
import { PAGES, textOf } from './pages.ts';

/*
What editors check by: the schemas in docs/schema take what the program takes, and tell what it tells.
*/

const FILES = readdirSync('docs/schema');
const schemaIn = (file: string): Record<string, unknown> => JSON.parse(textOf(`docs/schema/${file}`));

/** As strict as ajv is: an unknown keyword is an error. */
function compiled(file: string): ValidateFunction {
  const ajv = new Ajv({
    allErrors: true,
    strictTypes: false,
    strictRequired: false,
    formats: { 'date-time': true },
  });
  return ajv.compile(schemaIn(file));
}

const valuesIn = (file: string): readonly unknown[] =>
  readDocuments(textOf(file), file).documents.map(({ value }) => value);

const inFolder = (folder: string, ending: RegExp): readonly string[] =>
  readdirSync(folder)
    .filter(name => ending.test(name))
    .map(name => `${folder}/${name}`);

/** Blocks of pages that hold a whole document of a kind. */
const onPages = PAGES.flatMap(page =>
  Array.from(textOf(page).matchAll(/^```yaml\n([\s\S]*?)^```/gm), ([, text = '']) => text)
    .filter(text => text.includes(`apiVersion: ${API_VERSION}`))
    .flatMap(text => readDocuments(text, page).documents)
    .filter(({ value }) => (value as { apiVersion?: string }).apiVersion === API_VERSION)
    .map(({ value }) => [page, value] as const),
);

/** What the changes are made to: of each kind one with most of its fields. */
const SAMPLES: readonly unknown[] = [
  ...valuesIn('policies/balanced.yaml'),
  ...valuesIn('policies/multi-tenant.yaml'),
  ...valuesIn('policies/profiles/kata-fc.yaml'),
  {
    apiVersion: API_VERSION,
    kind: 'SandboxPolicy',
    metadata: { name: 'mine', namespace: 'team-a' },
    spec: {
      match: { podSelector: { matchLabels: { app: 'web' } } },
      minimumIsolation: 'vm',
      scoring: { rules: [{ name: 'no-host', expression: 'true', weight: 10, message: 'no' }] },
    },
  },
  {
    apiVersion: API_VERSION,
    kind: 'SandboxExemption',
    metadata: { name: 'agent' },
    spec: {
      match: { namespaces: ['a'], serviceAccounts: ['agent'], images: ['ghcr.io/acme/agent'] },
      waive: [{ signal: 'hostPathDevice', values: ['/dev/kmsg', 1] }],
      owner: 'platform',
      reason: 'reads the kernel log',
      expires: '2027-03-01T00:00:00Z',
    },
  },
];

describe.each(FILES)('%s', file => {
  it('is of draft 7, called by its name, and says what it is of', () => {
    expect(schemaIn(file)).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: file,
      title: expect.any(String),
    });
    expect(compiled(file)).toBeTypeOf('function');
  });
});

describe('the schema of policies', () => {
  const check = compiled('policies.schema.json');
  const files = [
    ...inFolder('policies', /^(balanced|strict|multi-tenant)\.yaml$/),
    ...inFolder('policies/profiles', /\.yaml$/),
    ...inFolder('policies/first', /^(?!settings)[\w-]+\.yaml$/),
  ];

  it.each(files)('takes %s', file => {
    const values = valuesIn(file);
    expect(values).not.toEqual([]);
    for (const value of values) expect([check(value), check.errors]).toEqual([true, null]);
  });

  it('takes what the pages show', () => {
    expect(onPages).not.toEqual([]);
    for (const [page, value] of onPages)
      expect([page, check(value), check.errors]).toEqual([page, true, null]);
  });

  it('takes a List of them', () => {
    const items = valuesIn('policies/balanced.yaml');
    expect(check({ apiVersion: 'v1', kind: 'List', items })).toBe(true);
    expect(check({ apiVersion: 'v1', kind: 'List', items: [{ kind: 'Pod' }] })).toBe(false);
  });

  it.each([
    ['a word of a kind', { kind: 'SandboxPolice' }, '/kind'],
    ['a version', { apiVersion: 'cofferdam.dev/v1' }, '/apiVersion'],
    ['a field', { spec: { minimunIsolation: 'vm' } }, '/spec'],
    ['a value', { spec: { minimumIsolation: 'kata' } }, '/spec/minimumIsolation'],
    ['a name', { metadata: { name: 'Strict' } }, '/metadata/name'],
  ])('tells where %s is wrong, and nothing of other kinds', (_, wrong, at) => {
    const sound = {
      apiVersion: API_VERSION,
      kind: 'ClusterSandboxPolicy',
      metadata: { name: 'mine' },
      spec: { minimumIsolation: 'vm' },
    };
    expect(check(sound)).toBe(true);
    expect(check({ ...sound, ...wrong })).toBe(false);
    const places = (check.errors ?? []).filter(({ keyword }) => keyword !== 'if');
    expect([...new Set(places.map(({ instancePath }) => instancePath))]).toEqual([at]);
  });

  it.each(KINDS)('takes and refuses of %s what the program does: fields gone, unknown, or a number', kind => {
    const samples = [...SAMPLES, ...onPages.map(([, value]) => value)].filter(
      value => kindOf(value) === kind,
    );
    const changed = samples.flatMap(sample => [...changesOf(sample)]).filter(one => kindOf(one) === kind);
    const answers = changed.map(one => [one, validate(kind, one).length === 0] as const);
    expect(answers.filter(([one, isSound]) => check(one) !== isSound)).toEqual([]);
    expect(answers.filter(([, isSound]) => !isSound).length).toBeGreaterThan(25);
    expect(answers.filter(([, isSound]) => isSound)).not.toEqual([]);
  });
});

describe('the schema of cases for a policy', () => {
  const check = compiled('policy-tests.schema.json');

  it.each([...inFolder('policies', /\.tests\.yaml$/), ...inFolder('policies/first', /\.tests\.yaml$/)])(
    'takes %s',
    file => {
      expect([check(valuesIn(file)[0]), check.errors]).toEqual([true, null]);
    },
  );

  it.each([
    [[{ name: 'a', pod: { spec: {} }, expect: { verdict: 'deny', required: 'vm' } }]],
    [[{ name: 'a', pod: { spec: {} }, expect: { verdict: 'admit', required: 'kata' } }]],
    [[{ name: 'a', pod: {}, expect: { verdict: 'admit', required: 'vm' } }]],
    [[{ pod: { spec: {} }, expect: { verdict: 'admit', required: 'vm' } }]],
    [{ name: 'no list' }],
  ])('refuses %j', value => {
    expect(check(value)).toBe(false);
  });
});

const kindOf = (value: unknown): unknown => (value as { readonly kind?: unknown } | null)?.kind;

/** Each field gone, and each value a number, one at a time; the first item of lists stands for all. */
function* changesOf(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const changed of changesOf(value[0])) yield [changed, ...value.slice(1)];
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, below] of Object.entries(value)) {
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      yield rest;
      for (const changed of changesOf(below)) yield { ...value, [key]: changed };
    }
    yield { ...value, noField: 1 };
  }
  yield 7;
}
