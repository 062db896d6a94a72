import { setTimeout as sleep } from 'node:timers/promises';
import { KubeError } from '../kube/error.ts';
import type { ProfileTable } from '../profiles/profile.ts';
import type { VerifyApi } from './api.ts';
import { EXPIRES, namespaceFor, type Probe, type Run, VERIFY_LABEL } from './probe.ts';
import { type Checked, runProbe } from './run-probe.ts';

export interface RunOptions {
  /** Probes at the same time. */
  readonly parallel: number;
  /** The run's namespace is its own: it is made, and removed. */
  readonly ownNamespace: boolean;
  readonly profiles: ProfileTable;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
  /** Called with what could not be removed. */
  readonly onLeft: (what: string) => void;
}

/**
 * Runs all probes and removes everything that was made for them, also when it is aborted and when it fails.
 * @returns in the order of `probes`
 * @throws what the API server says where the namespace cannot be made, or the signal's reason
 */
export async function runProbes(
  api: VerifyApi,
  run: Run,
  probes: readonly Probe[],
  options: RunOptions,
): Promise<readonly Checked[]> {
  if (!options.ownNamespace) return inParallel(api, run, probes, options);
  const privileged = probes.some(one => one.privileged);
  let refused = false;
  try {
    await api.createNamespace(namespaceFor(run, privileged)).catch(error => {
      refused = isRefusal(error);
      throw error;
    });
    return await inParallel(api, run, probes, options);
  } finally {
    if (!refused) await removeNamespace(api, run.namespace, options.onLeft);
  }
}

/** The API server answered that it makes none; without an answer, or on a timeout, it may have. */
const isRefusal = (error: unknown): boolean =>
  error instanceof KubeError && error.status !== undefined && error.status >= 400 && error.status < 500;

async function inParallel(
  api: VerifyApi,
  run: Run,
  probes: readonly Probe[],
  { parallel, profiles, signal, onProgress }: RunOptions,
): Promise<readonly Checked[]> {
  const results: Checked[] = [];
  const queue = probes.entries();
  let done = 0;
  const work = async (): Promise<void> => {
    for (const [i, probe] of queue) {
      signal.throwIfAborted();
      results[i] = await runProbe({ api, run, signal }, probe, profiles.forHandler(probe.target.handler), i);
      onProgress(++done);
    }
  };
  const workers = Array.from({ length: Math.min(parallel, probes.length) }, work);
  // All of them: one that is still deleting its Pod when another fails must come to its end.
  const ends = await Promise.allSettled(workers);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}

/** How long a namespace may take to go, in looks of a second. */
const LOOKS = 60;

async function removeNamespace(api: VerifyApi, name: string, onLeft: RunOptions['onLeft']): Promise<void> {
  try {
    await api.deleteNamespace(name);
    for (let left = LOOKS; left > 0; left -= 1) {
      if (!(await api.hasNamespace(name))) return;
      await sleep(1000);
    }
    onLeft(`namespace ${name} is still being deleted`);
  } catch {
    onLeft(`namespace ${name} could not be removed`);
  }
}

/**
 * Removes what runs that were killed left behind: whatever carries the label and is past its time. What another run is
 * using now stays.
 * @param namespace where this run's probes go, if not in a namespace of their own
 * @returns names of what was removed
 */
export async function sweep(
  api: VerifyApi,
  namespace: string | undefined,
  now: number,
): Promise<readonly string[]> {
  const removed: string[] = [];
  const left =
    namespace === undefined
      ? await api.namespacesWith(VERIFY_LABEL)
      : await api.podsWith(namespace, VERIFY_LABEL);
  for (const { metadata } of left) {
    const name = metadata?.name ?? '';
    // An object without a time that can be read is none of ours.
    const expires = Date.parse(metadata?.annotations?.[EXPIRES] ?? '');
    if (!(expires < now)) continue;
    await (namespace === undefined ? api.deleteNamespace(name) : api.deletePod(namespace, name));
    removed.push(name);
  }
  return removed;
}
