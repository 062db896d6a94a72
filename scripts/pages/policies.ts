import { SCHEMAS } from '../../src/policy/schema/index.ts';
import { KINDS } from '../../src/source/group.ts';
import { code, page, table } from './markdown.ts';

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
}

const EDITORS = `## In an editor

Editors with the YAML language server (VS Code's YAML extension, Neovim, Helix, Emacs) complete and check these files by a line above each document, with the way from the file to the schema, which begins with \`./\` or \`../\`:

\`\`\`yaml
# yaml-language-server: $schema=../docs/schema/policies.schema.json
apiVersion: cofferdam.dev/v1alpha1
kind: ClusterSandboxPolicy
metadata:
  name: everything-in-a-vm
spec:
  minimumIsolation: vm
\`\`\`

| file | schema |
|---|---|
| policies, exemptions, profiles, lists of them | [policies.schema.json](schema/policies.schema.json) |
| cases for a policy, \`NAME.tests.yaml\` | [policy-tests.schema.json](schema/policy-tests.schema.json) |
| \`.cofferdam.yaml\` | [settings.schema.json](schema/settings.schema.json) |

They are of draft 7, and called by their names alone (\`$id\`): copy them to where yours are. In the settings of the editor, \`yaml.schemas\` says the same for many files at once: \`{"docs/schema/policies.schema.json": "policies/*.yaml"}\`.`;

/** Every field of every kind, from the JSON Schemas. */
export function policyPage(): string {
  return page(
    'Policy reference',
    'src/policy/schema and src/profiles/schema.ts',
    'Objects of `apiVersion: cofferdam.dev/v1alpha1`: as files (`--policy`), and as objects of a cluster that has the [CustomResourceDefinitions](../charts/cofferdam/files/crds) (`serve --kubeconfig` or `--in-cluster`), where `kubectl explain` says the same. Whole examples are in [Writing policies](writing-policies.md).',
    EDITORS,
    ...KINDS.map(kind => {
      const schema = SCHEMAS[kind] as Node;
      const rows = fields(schema.properties?.spec ?? {}, 'spec', schema.required?.includes('spec') ?? false);
      return `## ${kind}\n\n${schema.description}\n\n${table(['field', 'type', '', 'description'], rows)}`;
    }),
  );
}

function fields(node: Node, path: string, required: boolean): string[][] {
  const row = [code(path), typeOf(node), required ? 'required' : '', describe(node)];
  const item =
    node.items ?? (typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined);
  const inner = node.items ? `${path}[]` : `${path}.*`;
  const below = Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    fields(child, `${path}.${name}`, node.required?.includes(name) ?? false),
  );
  return [row, ...below, ...(item ? itemFields(item, inner) : [])];
}

/** A list of plain values needs no row for its elements. */
const itemFields = (item: Node, path: string): string[][] =>
  item.properties || item.items || item.description ? fields(item, path, false) : [];

function typeOf(node: Node): string {
  if (node.enum) return node.enum.map(value => code(String(value))).join(', ');
  if (node.items) return `list of ${node.items.type ?? 'any'}`;
  if (typeof node.additionalProperties === 'object')
    return `map to ${node.additionalProperties.type ?? 'any'}`;
  return node.type ?? 'any';
}

function describe(node: Node): string {
  const bounds = [
    node.minimum !== undefined && node.maximum !== undefined ? `${node.minimum} to ${node.maximum}` : '',
    node.maxItems === undefined ? '' : `at most ${node.maxItems}`,
    node.maxLength === undefined ? '' : `at most ${node.maxLength} characters`,
  ].filter(Boolean);
  return [node.description ?? '', bounds.length > 0 ? `(${bounds.join(', ')})` : '']
    .filter(Boolean)
    .join(' ');
}
