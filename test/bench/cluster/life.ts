import { at } from '../load.ts';
import { type Api, MERGE, STRATEGIC } from './api.ts';
import type { Control } from './controls.ts';
import { repeat } from './creations.ts';
import { NAMED, NAMESPACE, NODE, type PodKind, podOf, STATUS_PATCHES, statusPatch } from './pods.ts';
import { cpuSeconds } from './process.ts';

/** The life of a Pod from its creation until it is gone, and the status patches of existing Pods. */
export interface Life {
  /** The milliseconds of a whole life, measured one after the other. */
  readonly p50: number;
  /** The milliseconds of the API server's processor time for one life, and for one status patch. */
  readonly cpu: number;
  readonly patchCpu: number;
}

export interface StoredPod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly runtimeClassName?: string };
}

/** How many clients send the status patches, each for Pods of its own. */
const PATCHERS = 4;
const WARM_UP = 20;
/** The number of patches for each life, since a patch takes a small part of the time. */
const PATCHES_FACTOR = 40;
const FINALIZER = 'example.com/bench';
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;

export async function measureLives(
  api: Api,
  apiPid: number,
  control: Control,
  kind: PodKind,
  lives: number,
): Promise<Life> {
  // The Pod names the class itself where the control does not set it, so that all patch the same Pod.
  const injected = control.steps.some(({ part }) => part.pids.length > 0);
  const pod = podOf(kind, {
    metadata: { finalizers: [FINALIZER] },
    ...(kind === 'high' && !injected && NAMED),
  });
  await live(api, pod);
  const before = cpuSeconds([apiPid]);
  const times = await repeat(lives, 1, () => live(api, pod));
  const cpu = ((cpuSeconds([apiPid]) - before) * 1000) / lives;
  const patchCpu = await patchCost(api, apiPid, pod, lives * PATCHES_FACTOR);
  return { p50: at(times, 0.5), cpu, patchCpu };
}

/**
 * From its creation until it is gone.
 * @param stored is told of the Pod as it was stored
 * @returns milliseconds
 */
export async function live(
  api: Api,
  pod: object,
  stored: (pod: StoredPod) => void = () => undefined,
): Promise<number> {
  const begin = performance.now();
  const path = await createBound(api, pod, stored);
  for (let step = 0; step < STATUS_PATCHES; step++) await patchStatus(api, path, step);
  await api.must('PATCH', path, { metadata: { labels: { seen: 'yes' } } }, MERGE);
  await remove(api, path);
  return performance.now() - begin;
}

/** @returns the path of the Pod, which runs on a node that does nothing */
async function createBound(
  api: Api,
  pod: object,
  stored: (pod: StoredPod) => void = () => undefined,
): Promise<string> {
  const created = JSON.parse((await api.must('POST', PODS, pod)).text) as StoredPod;
  stored(created);
  const { name } = created.metadata;
  const binding = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name },
    target: { kind: 'Node', name: NODE },
  };
  await api.must('POST', `${PODS}/${name}/binding`, binding);
  return `${PODS}/${name}`;
}

async function patchStatus(api: Api, path: string, step: number): Promise<number> {
  const { status, text, ms } = await api.ask('PATCH', `${path}/status`, statusPatch(step), STRATEGIC);
  if (status !== 200) throw new Error(`PATCH ${path}/status: ${status} ${text.slice(0, 500)}`);
  return ms;
}

async function remove(api: Api, path: string): Promise<void> {
  await api.must('PATCH', path, { metadata: { finalizers: null } }, MERGE);
  await api.must('DELETE', path, { gracePeriodSeconds: 0 });
}

/** The milliseconds of the API server's processor time for a status patch that changes one condition of a running Pod. */
async function patchCost(api: Api, apiPid: number, pod: object, patches: number): Promise<number> {
  const paths: string[] = [];
  for (let i = 0; i < PATCHERS; i++) paths.push(await createBound(api, pod));
  const patch = (step: number, patcher: number) =>
    patchStatus(api, paths[patcher] as string, STATUS_PATCHES + step);
  await repeat(WARM_UP, PATCHERS, patch);
  const before = cpuSeconds([apiPid]);
  await repeat(patches, PATCHERS, (step, patcher) => patch(WARM_UP + step, patcher));
  const spent = cpuSeconds([apiPid]) - before;
  for (const path of paths) await remove(api, path);
  return (spent * 1000) / patches;
}
