/** The API of this project's own kinds. */
export const GROUP = 'cofferdam.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}` as const;

/** Kind to the plural in its path. */
export const PLURALS = {
  ClusterSandboxPolicy: 'clustersandboxpolicies',
  SandboxPolicy: 'sandboxpolicies',
  SandboxExemption: 'sandboxexemptions',
  SandboxProfile: 'sandboxprofiles',
} as const;

export type Kind = keyof typeof PLURALS;
export const KINDS = Object.keys(PLURALS) as readonly Kind[];

/** Path of a kind's objects: of all, or of those in one namespace. */
export const collectionPath = (kind: Kind, namespace?: string): string =>
  `/apis/${API_VERSION}${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${PLURALS[kind]}`;
