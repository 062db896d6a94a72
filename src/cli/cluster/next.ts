import { ownerKey, type RunningPod } from '../../input/cluster.ts';
import { knownTemplate } from '../../input/known.ts';
import { POD } from '../../snapshot/pod.ts';
import { reduced } from '../../snapshot/shape.ts';
import { isMap, type Mapping } from '../../source/mapping.ts';
import { valueAt } from '../../source/path.ts';

/*
A template may be ahead of the Pods of its workload: it was changed and nothing is rolled out yet, as the Deployment is paused, a
rollout is stuck, or nobody has deleted the Pods (OnDelete). What its controller makes next is then none of these Pods.
*/

/**
 * The workloads of which no Pod was made of the template as it is now, to be judged by it.
 * @param busy workloads that have Pods
 * @param pods of any owners
 */
export function nextAmong(busy: readonly RunningPod[], pods: readonly RunningPod[]): readonly RunningPod[] {
  const byOwner = Map.groupBy(pods, ownerKey);
  return busy
    .filter(workload => isAhead(workload, byOwner.get(ownerKey(workload)) ?? []))
    .map(workload => ({ ...workload, isNext: true }));
}

/** Its controller says so; where it does not, the Pods are compared with the template. */
const isAhead = (workload: RunningPod, pods: readonly RunningPod[]): boolean => {
  const updated = updatedOf(workload);
  return updated === undefined ? !pods.some(pod => isMadeOf(workload, pod)) : updated === 0;
};

/**
 * How many Pods are of the template as it is now; undefined where the controller has not looked at it since, or at all. Go
 * leaves out a zero: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/#DeploymentStatus
 */
function updatedOf({ document, kind }: RunningPod): number | undefined {
  const { metadata, status } = document.value as Mapping;
  if (!isMap(status) || !isMap(metadata) || typeof status.observedGeneration !== 'number') return undefined;
  if (typeof metadata.generation === 'number' && status.observedGeneration < metadata.generation)
    return undefined;
  const updated = Number(
    (kind === 'DaemonSet' ? status.updatedNumberScheduled : status.updatedReplicas) ?? 0,
  );
  // Where no Pod is wanted, none counts as new, although one that is being deleted may be.
  return updated === 0 && valueAt(document.value, ['spec', 'replicas']) === 0 ? undefined : updated;
}

/**
 * Whether all that a decision may read of the template is in the Pod, to which controllers and admission add. What was taken out
 * of the template since cannot be told from that.
 */
function isMadeOf({ document: { value } }: RunningPod, made: RunningPod): boolean {
  const template = valueAt(value, knownTemplate(value as Mapping) ?? []);
  const [wanted, has] = [template, made.pod].map(one => (reduced(one, POD) ?? {}) as Mapping);
  const { labels, annotations } = (wanted?.metadata ?? {}) as Mapping;
  return holds(has?.spec, wanted?.spec) && holds(has?.metadata, { labels, annotations });
}

/** Whether something has all of another. Of a list, its items may stand elsewhere. */
function holds(has: unknown, wanted: unknown): boolean {
  if (wanted === undefined || wanted === null) return true;
  if (Array.isArray(wanted)) {
    const list: readonly unknown[] = Array.isArray(has) ? has : [];
    return wanted.every(item => candidatesIn(list, item).some(one => holds(one, item)));
  }
  if (!isMap(wanted)) return String(has) === String(wanted);
  const map = isMap(has) ? has : {};
  return Object.entries(wanted).every(([key, value]) => holds(map[key], value));
}

/** Items that have names are told apart by them. */
const candidatesIn = (list: readonly unknown[], item: unknown): readonly unknown[] =>
  isMap(item) && item.name !== undefined ? list.filter(one => isMap(one) && one.name === item.name) : list;
