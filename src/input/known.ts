import type { Keys } from '../source/path.ts';

/** The head of an object, or of what may be one. */
interface Header {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
}

/** Where the Pod template of a built-in kind lies; the Pod is its own. By group and kind. */
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

/** Undefined for a kind that is not built in, or makes no Pods. */
export const knownTemplate = (object: Header): Keys | undefined => KNOWN.get(groupKindOf(object));

/** Where a built-in kind has metadata that its Pods do not get. What another kind's controller hands on is not known. */
export function metadataBeside(object: Header): readonly Keys[] {
  const template = knownTemplate(object) ?? [];
  if (template.length === 0) return [];
  return groupKindOf(object) === 'batch/CronJob' ? [[], ['spec', 'jobTemplate']] : [[]];
}

/**
 * `apps/DaemonSet`, in whatever version: earlier ones (`apps/v1beta1`, `batch/v1beta1`, and `extensions/v1beta1` for
 * `apps`) differ in nothing that bears on Pods, and manifests that have them are around. The core group has no name.
 */
export function groupKindOf(object: Header): string {
  const group = groupOf(object);
  return `${group === 'extensions' ? 'apps' : group}/${object.kind}`;
}

/** Empty for the core group: an API server takes `/v1` for its `v1` (apimachinery `schema.ParseGroupVersion`). */
export function groupOf({ apiVersion }: Header): string {
  const text = String(apiVersion);
  return text.slice(0, Math.max(text.indexOf('/'), 0));
}
