/*
Objects as files of manifests have them: each ends with `---`, so that another can follow. Whatever is given for a part of one is
YAML in flow style, without the braces around it. Policies, exemptions and profiles are in test/policy/support.ts.
*/

interface PodText {
  /** What it has beside the name: labels, the namespace. */
  readonly metadata?: string;
  /** What it has beside the one container. */
  readonly spec?: string;
}

export const podText = (name: string, { metadata = '', spec = '' }: PodText = {}): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {${joined(`name: ${name}`, metadata)}}\nspec: {${joined(spec, CONTAINER)}}\n---\n`;

const CONTAINER = 'containers: [{name: a, image: "a:1"}]';
const joined = (...parts: readonly string[]): string => parts.filter(Boolean).join(', ');

export const namespaceText = (name: string, labels = ''): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {${labels}}}\n---\n`;

/** @param more what else it has, beside its handler */
export const runtimeClassText = (name: string, handler: string, more = ''): string =>
  `{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: ${name}}, ${joined(`handler: ${handler}`, more)}}\n---\n`;

/** A node that reports gVisor. */
export const nodeText = (name: string, ready: 'True' | 'False' = 'True'): string =>
  `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\nstatus: {conditions: [{type: Ready, status: "${ready}"}], runtimeHandlers: [{name: runsc}]}\n---\n`;
