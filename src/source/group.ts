/** The API group of this project's own kinds. */
export const GROUP = 'cofferdam.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}` as const;

/** The plural of each kind, as paths have it. */
export const PLURALS = {
  ClusterSandboxPolicy: 'clustersandboxpolicies',
  SandboxPolicy: 'sandboxpolicies',
  SandboxExemption: 'sandboxexemptions',
  SandboxProfile: 'sandboxprofiles',
} as const;

export type Kind = keyof typeof PLURALS;
export const KINDS = Object.keys(PLURALS) as readonly Kind[];

/** The path of a kind's objects: all of them, or those in one namespace. */
export const collectionPath = (kind: Kind, namespace?: string): string =>
  `/apis/${API_VERSION}${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${PLURALS[kind]}`;
