import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepared } from '../../scripts/bundle/prepared.ts';
import { SETTINGS_SCHEMA } from '../../src/cli/settings/schema.ts';
import { validateSettings } from '../../src/cli/settings/validator.ts';
import { validatePod } from '../../src/pod/validator.ts';
import { SCHEMAS } from '../../src/policy/schema/index.ts';
import { validatorOf } from '../../src/policy/validators.ts';
import { BASELINE_SCHEMA } from '../../src/report/baseline/schema.ts';
import { validateBaseline } from '../../src/report/baseline/validator.ts';
import { PREPARED } from '../../src/source/files/prepared.ts';
import { prepare, readShipped, shippedIn } from '../../src/source/files/shipped.ts';
import { KINDS } from '../../src/source/group.ts';
import type { Schema } from '../../src/source/schema.ts';
import { garble } from '../fuzz/garble.ts';
import { makePod } from '../fuzz/pods.ts';
import { Random } from '../fuzz/random.ts';
import { madeFrom } from '../fuzz/schema.ts';

const SRC = resolve(import.meta.dirname, '../../src');
const FILES = [
  'cli/settings/validator.ts',
  'pod/validator.ts',
  'policy/validators.ts',
  'report/baseline/validator.ts',
  'source/files/prepared.ts',
] as const;
const CASES = 400;

let folder: string;
let bundled: typeof import('../../src/cli/settings/validator.ts') &
  typeof import('../../src/pod/validator.ts') &
  typeof import('../../src/policy/validators.ts') &
  typeof import('../../src/report/baseline/validator.ts') &
  typeof import('../../src/source/files/prepared.ts');

/** These modules replace the files in the bundle. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'prepared-'));
  const entry = 'entry.ts';
  const bundle = await rolldown({
    input: entry,
    platform: 'node',
    plugins: [
      {
        name: 'entry',
        resolveId: id => (id === entry ? id : undefined),
        load: id =>
          id === entry ? FILES.map(file => `export * from '${join(SRC, file)}';`).join('\n') : undefined,
      },
      prepared(),
    ],
  });
  await bundle.write({ dir: folder, entryFileNames: 'prepared.mjs' });
  await bundle.close();
  bundled = await import(pathToFileURL(join(folder, 'prepared.mjs')).href);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** For making what fits it: lists are filled up now and then. */
const ofFew = (schema: Schema): Schema =>
  JSON.parse(JSON.stringify(schema, (key, value) => (key === 'maxItems' ? Math.min(value, 8) : value)));

/** Where in the schema it is said is another place where parts of it stand once. */
const told = (errors: typeof validatePod.errors): unknown =>
  errors?.map(({ schemaPath: _, ...error }) => error);

describe('what is worked out as the bundle is built', () => {
  it('says of Pods what the schema says', () => {
    let refused = 0;
    for (let turn = 0; turn < CASES; turn++) {
      const random = Random.of(14, turn);
      const pod = makePod(random, turn);
      for (let i = random.few(3); i > 0; i--) garble(pod, random);
      expect(bundled.validatePod(pod)).toBe(validatePod(pod));
      expect(told(bundled.validatePod.errors)).toEqual(told(validatePod.errors));
      refused += validatePod.errors ? 1 : 0;
    }
    expect(refused).toBeGreaterThan(CASES / 20);
    expect(refused).toBeLessThan(CASES);
  });

  it.each([
    ...KINDS.map(kind => ({
      what: kind,
      schema: SCHEMAS[kind],
      validate: validatorOf(kind),
      built: () => bundled.validatorOf(kind),
    })),
    {
      what: 'repository’s settings',
      schema: SETTINGS_SCHEMA,
      validate: validateSettings,
      built: () => bundled.validateSettings,
    },
    {
      what: 'baseline',
      schema: ofFew(BASELINE_SCHEMA),
      validate: validateBaseline,
      built: () => bundled.validateBaseline,
    },
  ])(
    'says of a $what what its schema says, with the parts of it that sentences are made of',
    ({ schema, validate, built }) => {
      const check = built();
      let refused = 0;
      for (let turn = 0; turn < CASES; turn++) {
        const random = Random.of(14, turn);
        const document = [madeFrom(schema, '', random)];
        for (let i = random.few(3); i > 0; i--) garble(document, random);
        expect(check(document[0])).toBe(validate(document[0]));
        expect(check.errors).toEqual(validate.errors);
        refused += validate.errors ? 1 : 0;
      }
      expect(refused).toBeGreaterThan(CASES / 20);
      expect(refused).toBeLessThan(CASES);
    },
  );

  it('has the files that every command reads, and their places', () => {
    const names = Object.keys(bundled.PREPARED);
    expect(names).toEqual(
      expect.arrayContaining(['balanced.yaml', 'runtimeclasses.yaml', ...shippedIn('profiles/')]),
    );
    for (const name of names) {
      const [before, anew] = [readShipped(name, bundled.PREPARED), readShipped(name, {})];
      expect(before.map(({ value, position }) => ({ value, position }))).toEqual(
        anew.map(({ value, position }) => ({ value, position })),
      );
      for (const [i, document] of anew.entries()) {
        for (const path of [[], ['spec'], ['metadata', 'name'], ['items', 1], ['nowhere']])
          expect(before[i]?.positionOf(path)).toEqual(document.positionOf(path));
      }
    }
  });

  it('counts for the files that it was made of alone', () => {
    const name = 'balanced.yaml';
    const { documents, digest } = prepare(name);
    const other = documents.map(document => ({ ...document, value: 'other' }));
    expect(readShipped(name, { [name]: { digest, documents: other } })[0]?.value).toBe('other');
    const changed = { [name]: { digest: `${digest}x`, documents: other } };
    expect(readShipped(name, changed)[0]?.value).toEqual(documents[0]?.value);
  });

  it('is nothing that the sources have', () => {
    expect(PREPARED).toEqual({});
  });
});
