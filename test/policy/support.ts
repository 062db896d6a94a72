import type { Pod } from '../../src/pod/kube.ts';
import type { NamespaceFacts } from '../../src/pod/namespace.ts';
import { type PodView, viewPod } from '../../src/pod/view.ts';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { type CompileOptions, compile } from '../../src/policy/load.ts';
import type { Problem } from '../../src/source/document.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';

export const NOW = Date.parse('2026-11-24T00:00:00Z');

/** Compiles YAML as the file `p.yaml`, beside nothing. */
export function load(text: string, options: Partial<CompileOptions> = {}) {
  const { documents, problems } = readDocuments(text, 'p.yaml');
  const builtin = builtinPolicy('balanced');
  return compile(documents, { builtin, balanced: false, now: NOW, unread: problems, ...options });
}

/** `line path: message; fix`, as short as an assertion wants it. */
export const told = (problems: readonly Problem[]): string[] =>
  problems.map(({ position, path, message, fix }) => `${position.line} ${path}: ${message}; ${fix}`);

export const clusterPolicy = (spec: string, name = 'mine'): string =>
  `apiVersion: cofferdam.dev/v1alpha1\nkind: ClusterSandboxPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

export const namespacedPolicy = (spec: string, namespace = 'shop'): string =>
  `apiVersion: cofferdam.dev/v1alpha1\nkind: SandboxPolicy\nmetadata: {name: mine, namespace: ${namespace}}\nspec: ${spec}\n`;

export const exemption = (
  match: string,
  waive: string,
  expires = '2027-03-01T00:00:00Z',
  name = 'agent',
): string =>
  `apiVersion: cofferdam.dev/v1alpha1\nkind: SandboxExemption\nmetadata: {name: ${name}}\nspec: {match: ${match}, waive: ${waive}, owner: team, reason: needed, expires: "${expires}"}\n`;

export const profile = (name: string, spec: string): string =>
  `apiVersion: cofferdam.dev/v1alpha1\nkind: SandboxProfile\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

export function podView(pod: Pod = {}, namespace = 'shop'): PodView {
  const spec = { containers: [{ name: 'app', image: 'nginx' }], ...pod.spec };
  return viewPod({ ...pod, spec } as Pod, namespace);
}

export const labelled = (labels: Record<string, string>): PodView => podView({ metadata: { labels } });

export const namespaceOf = (labels: Record<string, string> = {}): NamespaceFacts => ({
  name: 'shop',
  labels,
});
