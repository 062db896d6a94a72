/**
 * Writes the JSON Schemas of the files that people write, for their editors:
 * docs/schema/{policies,policy-tests,settings}.schema.json. `node scripts/schemas.ts` writes; `node scripts/schemas.ts --check`
 * exits 1 when a file is not what it would write.
 */
import { CASES_SCHEMA } from '../src/cases/schema.ts';
import { SETTINGS_SCHEMA } from '../src/cli/settings/schema.ts';
import { SCHEMAS } from '../src/policy/schema/index.ts';
import { API_VERSION, KINDS } from '../src/source/group.ts';
import type { Schema } from '../src/source/schema.ts';
import { writeOrCheck } from './write.ts';

const FOLDER = new URL('../docs/schema/', import.meta.url);
/** The width at which biome breaks lines. */
const WIDTH = 110;

write('policies', 'Policies, exemptions and profiles of Cofferdam', objects());
write('policy-tests', 'Cases for policies of Cofferdam', CASES_SCHEMA);
write('settings', 'Defaults of a repository for Cofferdam: .cofferdam.yaml', SETTINGS_SCHEMA);

/**
 * The schema is of draft 7, which editors know. Its id is only the name of the file: wherever the file lies, a reference to it
 * then leads to one beside it, and it claims no address that nobody serves.
 */
function write(name: string, title: string, schema: Schema): void {
  const file = `${name}.schema.json`;
  const root = { $schema: 'http://json-schema.org/draft-07/schema#', $id: file, title, ...schema };
  writeOrCheck(new URL(file, FOLDER), `${short(JSON.stringify(root, withoutKubernetes, 2))}\n`);
}

/**
 * Allows any of the kinds, chosen by its name, so that a misspelt field is reported as one of its kind, not as fitting none of
 * the four.
 */
function objects(): Schema {
  const branch = (kind: string, then: Schema): Schema => ({
    if: { properties: { kind: { const: kind } }, required: ['kind'] },
    then,
  });
  return {
    description: 'A document of a file or folder that --policy names.',
    type: 'object',
    required: ['apiVersion', 'kind'],
    properties: {
      apiVersion: { enum: [API_VERSION, 'v1'], description: `${API_VERSION}; v1 of a List alone.` },
      kind: { enum: [...KINDS, 'List'] },
    },
    allOf: [
      ...KINDS.map(kind => branch(kind, { $ref: `#/definitions/${kind}` })),
      branch('List', { required: ['items'], properties: { items: { type: 'array', items: { $ref: '#' } } } }),
    ],
    definitions: SCHEMAS,
  };
}

/** Keywords that only an API server knows are left out. */
function withoutKubernetes(key: string, value: unknown): unknown {
  return key.startsWith('x-kubernetes-') ? undefined : value;
}

/** Puts lists of words on one line where they fit. */
function short(json: string): string {
  return json.replace(/^( *)(.*)\[\n([^[\]{}]*?)\n *\](,?)$/gm, (whole, indent, start, items, end) => {
    const line = `${indent}${start}[${items.trim().replace(/,\n */g, ', ')}]${end}`;
    return line.length <= WIDTH ? line : whole;
  });
}
