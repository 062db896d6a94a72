import { Ajv, type Options } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'rolldown';
import { CASES_SCHEMA } from '../../src/cases/schema.ts';
import { AJV_OPTIONS as OF_CASES } from '../../src/cases/validator.ts';
import { SETTINGS_SCHEMA } from '../../src/cli/settings/schema.ts';
import { AJV_OPTIONS as OF_SETTINGS } from '../../src/cli/settings/validator.ts';
import { podSchema } from '../../src/pod/schema.ts';
import { AJV_OPTIONS as OF_PODS } from '../../src/pod/validator.ts';
import { BUILTIN_POLICIES } from '../../src/policy/builtin.ts';
import { SCHEMAS } from '../../src/policy/schema/index.ts';
import { AJV_OPTIONS as OF_POLICIES, withOurWords } from '../../src/policy/validators.ts';
import { BASELINE_SCHEMA } from '../../src/report/baseline/schema.ts';
import { AJV_OPTIONS as OF_BASELINES } from '../../src/report/baseline/validator.ts';
import { prepare, shippedIn } from '../../src/source/files/shipped.ts';
import type { Schema } from '../../src/source/schema.ts';

const AS_CODE = { code: { source: true, esm: true } };

/**
 * Modules whose contents the sources work out each time they are loaded. The bundle has them worked out once, when it is built,
 * and so needs no compiler of schemas. Each is named by the file that it replaces.
 */
const MODULES: Readonly<Record<string, () => string>> = {
  '/src/cases/validator.ts': () => validator('validateCases', CASES_SCHEMA, OF_CASES),
  '/src/cli/settings/validator.ts': () => validator('validateSettings', SETTINGS_SCHEMA, OF_SETTINGS),
  '/src/pod/validator.ts': () => validator('validatePod', withShared(podSchema), OF_PODS),
  '/src/policy/validators.ts': policyValidators,
  '/src/report/baseline/validator.ts': () => validator('validateBaseline', BASELINE_SCHEMA, OF_BASELINES),
  '/src/source/files/prepared.ts': shippedFiles,
};

export function prepared(): Plugin {
  return {
    name: 'prepared',
    load(id) {
      const file = Object.keys(MODULES).find(path => id.endsWith(path));
      return file && { code: MODULES[file]?.() ?? '', moduleType: 'js' };
    },
  };
}

function validator(name: string, schema: Schema, options: Options): string {
  const ajv = new Ajv({ ...options, ...AS_CODE });
  ajv.addSchema(schema, name);
  return standalone.default(ajv, { [name]: name });
}

/**
 * The same schema, in which objects with the same fields stand only once: a container comes up three times, each with five
 * handlers, and all of the code is compiled at each start.
 */
function withShared(schema: Schema): Schema {
  const definitions = new Map<string, Schema>();
  const shared = (node: unknown): unknown => {
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return node;
    const made = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, shared(value)]));
    if (typeof made.properties !== 'object' || !('type' in made)) return made;
    const text = JSON.stringify(made);
    definitions.set(text, made);
    return { $ref: `#/$defs/${[...definitions.keys()].indexOf(text)}` };
  };
  const root = shared(schema) as Schema;
  return { ...root, $defs: Object.fromEntries([...definitions.values()].entries()) };
}

function policyValidators(): string {
  const ajv = withOurWords(new Ajv({ ...OF_POLICIES, ...AS_CODE }));
  const kinds = Object.keys(SCHEMAS);
  for (const [kind, schema] of Object.entries(SCHEMAS)) ajv.addSchema(schema, kind);
  const code = standalone.default(ajv, Object.fromEntries(kinds.map(kind => [kind, kind])));
  return `${code}\nconst VALIDATORS = { ${kinds.join(', ')} };\nexport const validatorOf = kind => VALIDATORS[kind];\n`;
}

function shippedFiles(): string {
  const names = [
    ...BUILTIN_POLICIES.map(name => `${name}.yaml`),
    'runtimeclasses.yaml',
    ...shippedIn('profiles/'),
  ];
  const files = Object.fromEntries(names.map(name => [name, prepare(name)]));
  // V8 reads JSON faster than code.
  return `export const PREPARED = JSON.parse(${JSON.stringify(JSON.stringify(files))});\n`;
}
