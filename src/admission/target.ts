import type { Pod } from '../pod/kube.ts';
import { readPod } from '../pod/read.ts';
import type { AdmissionRequest } from './review.ts';
import { problemText, readWorkload, type Workload } from './workload.ts';

/** What a request is about. */
export type Target =
  | { readonly is: 'pod'; readonly pod: Pod; readonly oldPod: Pod | undefined }
  | { readonly is: 'workload'; readonly workload: Workload }
  | { readonly is: 'out-of-scope' }
  | { readonly is: 'unreadable'; readonly problem: string };

const OUT_OF_SCOPE: Target = { is: 'out-of-scope' };

/**
 * Subresources of Pods whose object is not a Pod. It is a short known list, as Pod Security Admission has it (policy/registry
 * `ignoredPodSubresources`), but without `status`, through which annotations come in. A subresource that a later Kubernetes
 * adds is judged. All but `binding` add nothing to a Pod. A Binding's annotations and labels are put on it (kubernetes
 * pkg/registry/core/pod/storage `setPodNodeAndMetadata`), but a Binding does not say which class the Pod has, nor which labels,
 * which exemptions go by. So it cannot be judged by itself, and a ValidatingAdmissionPolicy has to keep annotations that weaken
 * sandboxes out of it.
 */
const IGNORED_SUBRESOURCES: ReadonlySet<string> = new Set([
  'attach',
  'binding',
  'eviction',
  'exec',
  'log',
  'portforward',
  'proxy',
]);

/** Sorts a request: a Pod, something that makes Pods, something that is none of our business, or not understood. */
export function targetOf(request: AdmissionRequest): Target {
  const { kind } = request;
  const scope = scopeOf(request);
  if (scope === 'none') return OUT_OF_SCOPE;
  if (scope === 'pod') return podTarget(request);
  const workload = readWorkload(request.object, request);
  if (!workload) return unreadable(`${kind.kind} is neither a Pod nor a workload with a Pod template`);
  return { is: 'workload', workload };
}

/** The kind of object that a request is about, as far as its head tells. */
export function scopeOf(request: AdmissionRequest): 'pod' | 'workload' | 'none' {
  const { operation, kind, resource, subResource } = request;
  // Nothing comes to run by these that did not run before.
  if (operation === 'DELETE' || operation === 'CONNECT') return 'none';
  const isPods = resource.group === '' && resource.resource === 'pods';
  if (isPods && IGNORED_SUBRESOURCES.has(subResource)) return 'none';
  // This is the older way to bind, by a resource of its own; it is treated like pods/binding.
  if (resource.group === '' && resource.resource === 'bindings') return 'none';
  if (isPods || (kind.group === '' && kind.kind === 'Pod')) return 'pod';
  // A workload's own subresources (status, scale) hold no template, or repeat one that was judged.
  return subResource === '' ? 'workload' : 'none';
}

function podTarget(request: AdmissionRequest): Target {
  const { kind, operation } = request;
  // Another version could hold fields that are not read here. matchPolicy Equivalent makes the API server convert.
  if (kind.group !== '' || kind.kind !== 'Pod' || kind.version !== 'v1') {
    return unreadable(
      `request.kind is ${kind.group}/${kind.version} ${kind.kind}, not the v1 Pod that is judged`,
    );
  }
  const read = readPod(request.object);
  if ('problem' in read) return unreadable(problemText('request.object', read.problem));
  return { is: 'pod', pod: read.pod, oldPod: operation === 'UPDATE' ? oldPod(request) : undefined };
}

/** An old Pod that cannot be read excuses nothing: all of the new one is judged. */
function oldPod(request: AdmissionRequest): Pod | undefined {
  const read = readPod(request.oldObject);
  return 'pod' in read ? read.pod : undefined;
}

const unreadable = (problem: string): Target => ({ is: 'unreadable', problem });
