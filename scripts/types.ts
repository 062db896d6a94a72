/**
 * Writes the TypeScript types of the project's objects from their JSON Schemas: src/policy/types.gen.ts and
 * src/profiles/types.gen.ts.
 * `node scripts/types.ts` writes; `node scripts/types.ts --check` exits 1 when a file is not what it would write.
 */
import { compile } from 'json-schema-to-typescript';
import { SCHEMAS } from '../src/policy/schema/index.ts';
import { KINDS, type Kind } from '../src/source/group.ts';
import { writeOrCheck } from './write.ts';

const OPTIONS = {
  bannerComment: '',
  ignoreMinAndMaxItems: true,
  style: { singleQuote: true, printWidth: 110, trailingComma: 'all', arrowParens: 'avoid' },
} as const;

await write(
  'policy',
  'src/policy/schema',
  KINDS.filter(kind => kind !== 'SandboxProfile'),
);
await write('profiles', 'src/profiles/schema.ts', ['SandboxProfile']);

/** @param source of its schemas */
async function write(folder: string, source: string, kinds: readonly Kind[]): Promise<void> {
  const parts: string[] = [];
  for (const kind of kinds) parts.push(await compile(withoutChoice(SCHEMAS[kind]), kind, OPTIONS));
  const head = `// Made from ${kinds.length > 1 ? 'the schemas' : 'the schema'} in ${source} by scripts/types.ts; do not edit.`;
  writeOrCheck(new URL(`../src/${folder}/types.gen.ts`, import.meta.url), `${head}\n\n${parts.join('\n')}`);
}

/** `oneOf` says which of two optional fields must be there, which would only be noise in a type. */
function withoutChoice(schema: object): object {
  return JSON.parse(JSON.stringify(schema, (key, value) => (key === 'oneOf' ? undefined : value)));
}
