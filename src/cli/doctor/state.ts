import type { Ground } from '../../decision/ground.ts';
import { type ClusterState, type Listed, type ListName, READERS } from '../../doctor/state.ts';
import type { Workload } from '../../doctor/workloads.ts';
import { type RunningPod, readRunningPods } from '../../input/cluster.ts';
import type { Connection } from '../../kube/connect.ts';
import { KubeError } from '../../kube/error.ts';
import type { KubeObject } from '../../kube/object.ts';
import { inNamespace, OWN_RESOURCES, RESOURCES, type ResourceName } from '../../kube/resources.ts';
import { serverVersion } from '../../kube/version.ts';
import { MODE_LABEL } from '../../pod/labels.ts';
import { HOST_PATHS } from '../../signals/host-path.ts';
import { asFailure } from '../cluster/connection.ts';
import { fetchAll, liveSource } from '../cluster/fetch.ts';
import { clusterGround, type PolicyOptions } from '../cluster/ground.ts';
import { judgeRunning, readRunning } from '../cluster/running.ts';
import type { CliIo } from '../console/io.ts';
import { tell } from '../console/tell.ts';
import { type Installed, scopeOf } from '../judging/scope.ts';

export interface Examined {
  readonly state: ClusterState;
  readonly ground: Ground;
}

export interface ExamineOptions extends PolicyOptions {
  readonly preflight?: true;
}

/**
 * Reads everything that checks look at, once. A list that cannot be read is noted, and the rest is still read.
 * @throws Failure when the API server cannot be reached at all
 */
export async function examine(client: Connection, options: ExamineOptions, io: CliIo): Promise<Examined> {
  const server = serverVersion(
    await client.api({ path: '/version' }).catch(error => Promise.reject(asFailure(error))),
  );
  const raw = new Map<ResourceName, Listed<readonly KubeObject[]>>();
  for (const name of [...(Object.keys(READERS) as ListName[]), ...OWN_RESOURCES]) {
    if (!raw.has(name)) raw.set(name, await listed(client, name, io));
  }
  const itemsOf = (name: ResourceName): readonly KubeObject[] => {
    const list = raw.get(name);
    return list && 'items' in list ? list.items : [];
  };
  const ground = await clusterGround(
    {
      runtimeClasses: itemsOf('runtimeClasses'),
      nodes: itemsOf('nodes'),
      namespaces: itemsOf('namespaces'),
      own: OWN_RESOURCES.flatMap(itemsOf),
    },
    options,
    io,
  );
  const lists = Object.fromEntries(
    (Object.keys(READERS) as ListName[]).map(name => {
      const list = raw.get(name);
      return [name, list && 'items' in list ? { items: READERS[name](list.items) } : list];
    }),
  ) as ClusterState['lists'];
  const installed = installedIn(lists);
  const known = { ...lists, exemptPods: await exemptPods(client, ground, installed, io) };
  if (!options.preflight) return { state: { server, lists: known }, ground };
  const preflight = { ...known, workloads: await workloads(client, ground, installed, io) };
  return { state: { server, lists: preflight }, ground };
}

function installedIn(lists: ClusterState['lists']): Installed {
  const itemsOf = <T>(list: Listed<readonly T[]> | undefined): readonly T[] =>
    list && 'items' in list ? list.items : [];
  return {
    registrations: [...itemsOf(lists.mutating), ...itemsOf(lists.validating)],
    policies: itemsOf(lists.admissionPolicies),
    bindings: itemsOf(lists.admissionBindings),
  };
}

/** Only the Pods of namespaces in which an exemption waives a path of the host. */
async function exemptPods(
  client: Connection,
  ground: Ground,
  installed: Installed,
  io: CliIo,
): Promise<Listed<readonly Workload[]>> {
  const waiving = ground.snapshot.exemptions.filter(({ scope }) =>
    HOST_PATHS.some(({ id }) => scope.values.has(id)),
  );
  const namespaces = new Set(waiving.flatMap(({ scope }) => scope.namespaces));
  const running: RunningPod[] = [];
  for (const namespace of [...namespaces].sort()) {
    const pods = await listed(client, 'pods', io, inNamespace(RESOURCES.pods.path, namespace));
    if ('error' in pods) return pods;
    running.push(...readRunningPods(pods.items, new Map()).pods);
  }
  return { items: workloadsOf(running, ground, installed, io) };
}

function workloadsOf(
  pods: readonly RunningPod[],
  ground: Ground,
  installed: Installed,
  io: CliIo,
): readonly Workload[] {
  const { judged, problems } = judgeRunning(pods, ground, { mode: 'enforce', scope: scopeOf(installed) }, io);
  tell(problems, io);
  return judged
    .filter(({ result }) => result.mode !== 'off')
    .map(({ pod, result }) => ({ result, pod: pod.pod }));
}

/** What enforced namespaces would refuse; those that are off are left out. */
async function workloads(
  client: Connection,
  ground: Ground,
  installed: Installed,
  io: CliIo,
): Promise<Listed<readonly Workload[]>> {
  const running = await attempt(() => readRunning(liveSource(client), io), 'pods');
  if ('error' in running) return running;
  const { pods, idle } = running.items;
  const isOff = (namespace: string): boolean =>
    ground.view.namespace(namespace)?.labels[MODE_LABEL] === 'off';
  const inScope = [...pods, ...idle].filter(({ namespace }) => !isOff(namespace));
  return { items: workloadsOf(inScope, ground, installed, io) };
}

/** A resource that the API server lacks is empty; whether it should exist is for a check to say. */
const listed = (
  client: Connection,
  name: ResourceName,
  io: CliIo,
  path?: string,
): Promise<Listed<readonly KubeObject[]>> =>
  attempt(
    () =>
      fetchAll(client, name, io, path).catch(error =>
        error instanceof KubeError && error.status === 404 ? [] : Promise.reject(error),
      ),
    name,
  );

/** @throws Failure when nothing else could be read either */
async function attempt<T>(read: () => Promise<T>, name: ResourceName): Promise<Listed<T>> {
  try {
    return { items: await read() };
  } catch (error) {
    if (!(error instanceof KubeError) || error.status === undefined || error.status === 401) {
      throw asFailure(error, name);
    }
    return { error: error.message, forbidden: error.status === 403 };
  }
}
