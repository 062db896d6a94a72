import { isCut } from '../kube/object-text.ts';
import { MOST_VALUES } from '../kube/resources.ts';
import { isMap } from '../source/mapping.ts';
import type { Keys } from '../source/path.ts';
import { type Fields, read } from './fields.ts';

/*
Every replica holds nodes and namespaces as long as they exist, and looks through each when it changes. So whoever may write one
must not decide how much that is: a kubelet writes its own node, and a tenant with namespaces of their own writes these. What
exceeds the bounds is not read. A label of a node takes some 900 bytes here, a handler some 1,300.
*/

interface Bound {
  readonly path: Keys;
  readonly most: number;
  /** Something of which an object may have many, in the plural. */
  readonly what: string;
  /** How many there are; by default, the entries of a list or a map. */
  readonly sizeOf?: (value: unknown) => number;
}

/**
 * Among nodes found in public, the most labels are 105 (Node Feature Discovery and NVIDIA's operator). All built-in profiles
 * together name 73 handlers. Kubernetes sets some ten taints and conditions.
 */
export const NODE_BOUNDS: readonly Bound[] = [
  { path: ['metadata', 'labels'], most: 512, what: 'labels' },
  { path: ['status', 'runtimeHandlers'], most: 160, what: 'runtime handlers' },
  { path: ['spec', 'taints'], most: 64, what: 'taints' },
  { path: ['status', 'conditions'], most: 256, what: 'conditions' },
];

/**
 * A namespace may have as many labels as a Pod (signals/bounds.ts). With as many of the longest keys, it takes 137 kB here, and
 * whoever may create namespaces can make thousands; thirty ordinary labels have some 1,500 characters.
 */
export const NAMESPACE_BOUNDS: readonly Bound[] = [
  { path: ['metadata', 'labels'], most: 250, what: 'labels' },
  { path: ['metadata', 'labels'], most: 16 * 1024, what: 'characters of labels', sizeOf: charactersOf },
];

export interface Beyond {
  readonly path: Keys;
  /** Words for an object that exceeds the bound, such as `more than 512 labels`. */
  readonly what: string;
}

/** The first bound that an object exceeds; undefined if it exceeds none. */
export function beyond({ document }: Fields, bounds: readonly Bound[]): Beyond | undefined {
  if (isMap(document.value) && isCut(document.value))
    return { path: [], what: `more than ${MOST_VALUES} values` };
  const passed = bounds.find(({ path, most, sizeOf = entriesOf }) => sizeOf(read(document, path)) > most);
  return passed && { path: passed.path, what: `more than ${passed.most} ${passed.what}` };
}

/** Counts the entries of a list or a map. */
function entriesOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : 0;
}

/** Counts the characters of keys and values. */
export function charactersOf(value: unknown): number {
  const entries = isMap(value) ? Object.entries(value) : [];
  return entries.reduce(
    (sum, [key, text]) => sum + key.length + (typeof text === 'string' ? text.length : 0),
    0,
  );
}
