/**
 * Writes src/policy/types.gen.ts, the TypeScript types of the policy objects, from their JSON Schemas.
 * `node docs/types.ts` writes; `node docs/types.ts --check` exits 1 when the file is not what it would write.
 */
import { compile } from 'json-schema-to-typescript';
import { SCHEMAS } from '../src/policy/schema/index.ts';
import { KINDS } from '../src/source/group.ts';
import { writeOrCheck } from './write.ts';

const TARGET = new URL('../src/policy/types.gen.ts', import.meta.url);

const kinds = KINDS.filter(kind => kind !== 'SandboxProfile'); // typed by hand in src/profiles
const options = {
  bannerComment: '',
  ignoreMinAndMaxItems: true,
  style: { singleQuote: true, printWidth: 110, trailingComma: 'all', arrowParens: 'avoid' },
} as const;

const parts: string[] = [];
for (const kind of kinds) parts.push(await compile(withoutChoice(SCHEMAS[kind]), kind, options));
const text = `// Made from the schemas in src/policy/schema by docs/types.ts; do not edit.\n\n${parts.join('\n')}`;

/** `oneOf` says which of two optional fields must be there; as a type it would only be noise. */
function withoutChoice(schema: object): object {
  return JSON.parse(JSON.stringify(schema, (key, value) => (key === 'oneOf' ? undefined : value)));
}

writeOrCheck(TARGET, text);
