import { isCut } from '../kube/object-text.ts';
import { MOST_VALUES } from '../kube/resources.ts';
import { isMap } from '../source/mapping.ts';
import type { Keys } from '../source/path.ts';
import { type Fields, read } from './fields.ts';

/*
Every replica holds nodes and namespaces for as long as they exist, and looks through each when it changes. So whoever may
write one does not decide how much that is: a kubelet its own node, a tenant with namespaces of his own these. What has more
than this is not read. A label of a node takes some 900 bytes here, a handler some 1,300.
*/

interface Bound {
  readonly path: Keys;
  readonly most: number;
  /** Many of them. */
  readonly what: string;
}

/**
 * Of the nodes that were found in public, the one with most labels has 105 (Node Feature Discovery and NVIDIA's operator). All
 * built-in profiles together name 73 handlers. Kubernetes sets some ten taints and conditions.
 */
export const NODE_BOUNDS: readonly Bound[] = [
  { path: ['metadata', 'labels'], most: 512, what: 'labels' },
  { path: ['status', 'runtimeHandlers'], most: 160, what: 'runtime handlers' },
  { path: ['spec', 'taints'], most: 64, what: 'taints' },
  { path: ['status', 'conditions'], most: 256, what: 'conditions' },
];

/** As many as a Pod may have (signals/bounds.ts). */
export const NAMESPACE_BOUNDS: readonly Bound[] = [
  { path: ['metadata', 'labels'], most: 250, what: 'labels' },
];

export interface Beyond {
  readonly path: Keys;
  /** Such as `more than 512 labels`. */
  readonly what: string;
}

/** Which bound an object passes, the first; undefined where it passes none. */
export function beyond({ document }: Fields, bounds: readonly Bound[]): Beyond | undefined {
  if (isMap(document.value) && isCut(document.value))
    return { path: [], what: `more than ${MOST_VALUES} values` };
  const passed = bounds.find(({ path, most }) => sizeOf(read(document, path)) > most);
  return passed && { path: passed.path, what: `more than ${passed.most} ${passed.what}` };
}

/** Of a list or a map. */
function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : 0;
}
