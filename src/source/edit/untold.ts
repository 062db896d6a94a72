import type { Holder } from './layout.ts';

/* Keys whose values must not be shown: values of variables, secrets, and the copy of the object that kubectl keeps. */

const OF_OBJECTS: ReadonlySet<string> = new Set([
  'env',
  'command',
  'args',
  'data',
  'stringData',
  'binaryData',
  'kubectl.kubernetes.io/last-applied-configuration',
]);

const OF_COMPOSE: ReadonlySet<string> = new Set([
  'environment',
  'command',
  'entrypoint',
  'args',
  // These are what a healthcheck runs, and what a config or a secret is.
  'test',
  'content',
]);

/** Whether the value of a key must not be shown, in a document of either kind. */
export const isUntold = (key: string): boolean => OF_OBJECTS.has(key) || OF_COMPOSE.has(key);

/** The keys in a document whose values must not be shown. */
export const untoldIn = (root: Holder): ReadonlySet<string> =>
  root.entries.some(({ key }) => key === 'services')
    ? new Set([...OF_COMPOSE, ...root.entries.map(({ key }) => key).filter(isTemplate)])
    : OF_OBJECTS;

/** Parts that services of a Compose file share by anchors, which may be values of variables. */
const isTemplate = (key: string): boolean => key.startsWith('x-');
