import type { Keys } from '../source/path.ts';

/** The head of an object, or of what may be one. */
interface Header {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
}

/** The path of the Pod template in a built-in kind, by group and kind; a Pod is its own template. */
const KNOWN: ReadonlyMap<string, Keys> = new Map([
  ['/Pod', []],
  ['/PodTemplate', ['template']],
  ['/ReplicationController', ['spec', 'template']],
  ['apps/Deployment', ['spec', 'template']],
  ['apps/StatefulSet', ['spec', 'template']],
  ['apps/DaemonSet', ['spec', 'template']],
  ['apps/ReplicaSet', ['spec', 'template']],
  ['batch/Job', ['spec', 'template']],
  ['batch/CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
]);

/** The path; undefined for a kind that is not built in, or makes no Pods. */
export const knownTemplate = (object: Header): Keys | undefined => KNOWN.get(groupKindOf(object));

/** The places in a built-in kind with metadata that its Pods do not get. What controllers of other kinds pass on is not known. */
export function metadataBeside(object: Header): readonly Keys[] {
  const template = knownTemplate(object) ?? [];
  if (template.length === 0) return [];
  return groupKindOf(object) === 'batch/CronJob' ? [[], ['spec', 'jobTemplate']] : [[]];
}

/**
 * `apps/DaemonSet`, in any version: earlier ones (`apps/v1beta1`, `batch/v1beta1`, and `extensions/v1beta1` for `apps`) differ
 * in nothing that bears on Pods, and some manifests still have them. The core group has no name.
 */
export function groupKindOf(object: Header): string {
  const group = groupOf(object);
  return `${group === 'extensions' ? 'apps' : group}/${object.kind}`;
}

/** The group; empty for the core group. An API server accepts `/v1` for its `v1` (apimachinery `schema.ParseGroupVersion`). */
export function groupOf({ apiVersion }: Header): string {
  const text = String(apiVersion);
  return text.slice(0, Math.max(text.indexOf('/'), 0));
}
