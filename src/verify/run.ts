import { setTimeout as sleep } from 'node:timers/promises';
import { KubeError } from '../kube/error.ts';
import type { ProfileTable } from '../profiles/profile.ts';
import type { VerifyApi } from './api.ts';
import { EXPIRES, namespaceFor, type Probe, type Run, VERIFY_LABEL } from './probe.ts';
import { type Checked, runProbe } from './run-probe.ts';

export interface RunOptions {
  /** How many probes run at the same time. */
  readonly parallel: number;
  /** Whether the namespace belongs to the run, which then creates and removes it. */
  readonly ownNamespace: boolean;
  readonly profiles: ProfileTable;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
  /** Called for whatever could not be removed. */
  readonly onLeft: (what: string) => void;
}

/**
 * Runs all probes and removes everything that was made for them, even when it is aborted or fails.
 * @returns in the order of `probes`
 * @throws the error of the API server where the namespace cannot be made, or the signal's reason
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

/** Whether the API server refused to create it; without an answer, or after a timeout, it may exist. */
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
  // All of them are awaited, as one may still be deleting its Pod when another fails.
  const ends = await Promise.allSettled(workers);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}

/** How many looks, a second apart, a namespace may take to disappear. */
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
 * Removes what killed runs left behind: everything that has the label and is past its time. What another run is using now is
 * left alone.
 * @param namespace the namespace of this run's probes, if they have none of their own
 * @returns the names of what was removed
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
    // An object without a readable time does not belong to this program.
    const expires = Date.parse(metadata?.annotations?.[EXPIRES] ?? '');
    if (!(expires < now)) continue;
    await (namespace === undefined ? api.deleteNamespace(name) : api.deletePod(namespace, name));
    removed.push(name);
  }
  return removed;
}
