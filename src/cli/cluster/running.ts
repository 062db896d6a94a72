import type { Ground } from '../../decision/ground.ts';
import { attempt } from '../../input/attempt.ts';
import {
  groupsOf,
  type Running,
  type RunningPod,
  readRunningPods,
  readWorkloads,
} from '../../input/cluster.ts';
import { controllersOf } from '../../input/owner.ts';
import type { KubeObject } from '../../kube/object.ts';
import type { ResourceName } from '../../kube/resources.ts';
import type { Reviewed } from '../../report/result.ts';
import type { Problem } from '../../source/document.ts';
import type { CliIo } from '../console/io.ts';
import { progressOn } from '../console/progress.ts';
import { ofRunning } from '../judging/of-running.ts';
import { type Asked, reviewed } from '../judging/reviewed.ts';
import { fetchIfAllowed } from './fetch.ts';
import { nextAmong } from './next.ts';
import type { ClusterSource } from './source.ts';

const WORKLOADS = ['deployments', 'statefulSets', 'daemonSets', 'cronJobs'] as const;

/**
 * What runs in a cluster, or in one namespace of it. Without the right to read the owners of Pods, the answer is less exact,
 * which is reported.
 * @param isStrict whether there is then no answer
 * @throws KubeError when Pods cannot be listed
 */
export async function readRunning(
  source: ClusterSource,
  io: CliIo,
  namespace?: string,
  isStrict = false,
): Promise<Running> {
  const fetch = (name: ResourceName) => fetchIfAllowed(source, name, io, { namespace, isStrict });
  const pods = await source.list('pods', io, namespace);
  const controllers = controllersOf({ ReplicaSet: await fetch('replicaSets'), Job: await fetch('jobs') });
  const running = readRunningPods(pods, controllers);
  const workloads: (readonly KubeObject[])[] = [];
  for (const name of WORKLOADS) workloads.push(await fetch(name));
  const { idle, busy, problems } = readWorkloads(workloads.flat(), running.pods);
  return {
    ...running,
    idle,
    next: nextAmong(busy, running.pods),
    problems: [...running.problems, ...problems],
  };
}

interface Judged {
  readonly pod: RunningPod;
  readonly result: Reviewed;
}

/** The Pods of existing namespaces, each with its decision. */
export function judgeRunning(
  pods: readonly RunningPod[],
  ground: Ground,
  asked: Asked,
  io: CliIo,
): { readonly judged: readonly Judged[]; readonly problems: readonly Problem[] } {
  const judged: Judged[] = [];
  const problems: Problem[] = [];
  const now = Date.now();
  const there = pods.filter(pod => ground.view.namespace(pod.namespace));
  const progress = progressOn(io, 'judged', there.length);
  there.forEach((pod, i) => {
    progress.tick(i);
    const attempted = attempt(pod.source, () => reviewed(pod, ground, asked, now, { groups: groupsOf(pod) }));
    if ('done' in attempted) judged.push({ pod, result: { ...attempted.done.result, ...ofRunning(pod) } });
    else problems.push(attempted.problem);
  });
  progress.end();
  return { judged, problems };
}
