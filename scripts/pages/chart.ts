import { readFileSync } from 'node:fs';
import { type Document, isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { runtimeClassesPart } from '../../src/export/runtime-classes.ts';
import { RUNTIMES, runtimeOf } from '../../src/export/runtimes.ts';
import { code, table } from './markdown.ts';

const CHART = new URL('../../charts/cofferdam/', import.meta.url);
const POLICIES = new URL('../../policies/', import.meta.url);

/** The files that the chart takes from elsewhere, by their paths in the chart, since Helm reads no file outside of it. */
export const CHART_FILES: Readonly<Record<string, () => string>> = {
  'files/runtimeclasses.yaml': () => runtimeClassesPart(RUNTIMES.map(name => runtimeOf(name))),
  'files/policies/strict.yaml': () => readFileSync(new URL('strict.yaml', POLICIES), 'utf8'),
  'files/policies/multi-tenant.yaml': () => readFileSync(new URL('multi-tenant.yaml', POLICIES), 'utf8'),
  'README.md': chartReadme,
};

export interface Value {
  /** A path such as `image.tag`. */
  readonly path: string;
  readonly preset: unknown;
  readonly about: string;
}

/** Every value with its comment. @throws Error where one has none */
export function valuesOf(text: string): readonly Value[] {
  const document: Document = parseDocument(text);
  return leaves(document.contents as YAMLMap, '');
}

/** A map whose keys have comments of their own is a section; anything else is a value. */
function leaves(map: YAMLMap, prefix: string): readonly Value[] {
  return map.items.flatMap((pair, index) => {
    const path = `${prefix}${String(isScalar(pair.key) ? pair.key.value : pair.key)}`;
    const about = commentOf(pair, index === 0 ? map : undefined);
    if (about === undefined && isMap(pair.value)) return leaves(pair.value as YAMLMap, `${path}.`);
    if (about === undefined) throw new Error(`values.yaml: ${path} has no comment`);
    return { path, preset: (pair.value as { toJSON(): unknown }).toJSON(), about };
  });
}

/** The comment of a map's first key is attached to the map. The comment of the file stands above an empty line. */
function commentOf({ key }: Pair, map: YAMLMap | undefined): string | undefined {
  const comment = map?.commentBefore ?? (isScalar(key) ? key.commentBefore : undefined);
  return comment
    ?.split('\n')
    .map(line => line.trim())
    .join(' ');
}

function chartReadme(): string {
  const values = valuesOf(readFileSync(new URL('values.yaml', CHART), 'utf8'));
  const rows = values.map(({ path, preset, about }) => [code(path), presetOf(preset), about]);
  return `${HEAD}\n${table(['value', 'default', 'what it is'], rows)}\n`;
}

/** A list that is too long for a cell is only in values.yaml. */
function presetOf(preset: unknown): string {
  const text = JSON.stringify(preset);
  return text.length > 120 ? '[values.yaml](values.yaml)' : code(text);
}

const HEAD = `# Helm chart of Cofferdam

<!-- Made by npm run docs from values.yaml; do not edit. -->

Kubernetes 1.30 or newer (1.28 without guard and locks: [what is lost](../../docs/support.md)), Helm 3.14 or newer, [cert-manager](https://cert-manager.io/docs/installation/) or a certificate of your own.

\`\`\`sh
helm install cofferdam charts/cofferdam --namespace cofferdam-system --create-namespace \\
  --set image.repository=REGISTRY/cofferdam
helm test cofferdam --namespace cofferdam-system
\`\`\`

- [Rolling it out](../../docs/rollout.md), namespace by namespace, and how to get out in one command
- [Operating it](../../docs/operations.md): upgrades, CustomResourceDefinitions, uninstalling, Argo CD and Flux, without Helm
- [Support](../../docs/support.md): versions of Kubernetes, managed clusters

A cluster has one installation: its cluster-scoped objects have fixed names. No hook jobs run, and no image but the project's own.

## Values
`;
