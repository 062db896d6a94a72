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

/** Every field of every kind, from the JSON Schemas. */
export function policyPage(): string {
  return page(
    'Policy reference',
    'src/policy/schema and src/profiles/schema.ts',
    'Objects of `apiVersion: cofferdam.dev/v1alpha1`: as files (`--policy`), and as objects of a cluster that has the [CustomResourceDefinitions](../charts/cofferdam/files/crds) (`serve --kubeconfig` or `--in-cluster`), where `kubectl explain` says the same.',
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
