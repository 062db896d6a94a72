/**
 * Writes the fields that a Pod has, by the models of Kubernetes' client, which are generated from its OpenAPI document:
 * src/policy/cel/pod-fields.gen.ts. The loader of policies compares rules with them, without loading the client. `node
 * scripts/pod-fields.ts` writes; `--check` exits 1 when the file is not what would be written.
 */
import { attributesOf, heldBy } from './client-models.ts';
import { writeOrCheck } from './write.ts';

const types = new Map<string, string>();
collect('V1Pod');
const text = `// Made from the models of @kubernetes/client-node by scripts/pod-fields.ts; do not edit.

/** The fields of each type, and the types of those that have fields: \`name:Type\`, and \`name[]:Type\` for lists of them. */
export const POD_TYPES: Readonly<Record<string, string>> = {
${[...types]
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, fields]) => line(name, fields))
  .join('')}};
`;
writeOrCheck(new URL('../src/policy/cel/pod-fields.gen.ts', import.meta.url), text);

/** A line as the formatter would lay it out. */
function line(name: string, fields: string): string {
  const one = `  ${name}: '${fields}',\n`;
  return one.length <= 111 ? one : `  ${name}:\n    '${fields}',\n`;
}

function collect(model: string): void {
  const attributes = attributesOf(model);
  if (!attributes || types.has(model)) return;
  types.set(model, '');
  const fields = attributes.map(attribute => {
    const { holds, type } = heldBy(attribute);
    // The values of a map have keys that the map itself chooses.
    if (holds !== 'map') collect(type);
    const hasFields = holds !== 'map' && types.has(type);
    return hasFields ? `${attribute.baseName}${holds === 'list' ? '[]' : ''}:${type}` : attribute.baseName;
  });
  types.set(model, fields.toSorted().join(' '));
}
