import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Api } from './api.ts';
import { CLASS, NAMED, NAMESPACE, podOf } from './pods.ts';

/** The outcome for a Pod: `refused`, or the class that it ends with; `none` where it has none. */
export interface Effect {
  readonly plain: string;
  readonly high: string;
  /** The outcome for a high-risk Pod that names gVisor itself. */
  readonly named: string;
  readonly hostPID: string;
}

export const NOTHING: Effect = { plain: 'none', high: 'none', named: CLASS, hostPID: 'none' };
export const DENIES: Effect = { plain: 'none', high: 'refused', named: CLASS, hostPID: 'refused' };
export const INJECTS: Effect = { plain: 'none', high: CLASS, named: CLASS, hostPID: 'refused' };

export const CREATE_PATH = `/api/v1/namespaces/${NAMESPACE}/pods?dryRun=All`;
const PATIENCE_MS = 30_000;
const PAUSE_MS = 50;
/** The API server looks once a second for admission policies that changed (policyRefreshInterval in its policy_source.go). */
const REFRESH_MS = 1_100;

/**
 * Waits until the outcome is the expected one and stays so: where there are several policies, only one of them might have taken
 * effect.
 * @throws Error where that takes more than 30 s
 */
export async function untilEffective(api: Api, name: string, expected: Effect): Promise<void> {
  await until(api, name, expected);
  await sleep(REFRESH_MS);
  await until(api, name, expected);
}

async function until(api: Api, name: string, expected: Effect): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const effect = await effectNow(api);
    if (isDeepStrictEqual(effect, expected)) return;
    if (performance.now() > deadline) {
      throw new Error(`${name}: ${JSON.stringify(effect)} instead of ${JSON.stringify(expected)}`);
    }
    await sleep(PAUSE_MS);
  }
}

const effectNow = async (api: Api): Promise<Effect> => ({
  plain: await becomes(api, podOf('plain')),
  high: await becomes(api, podOf('high')),
  named: await becomes(api, podOf('high', NAMED)),
  hostPID: await becomes(api, podOf('plain', { spec: { hostPID: true } })),
});

/** The outcome for a Pod of the namespace, by `dryRun`. */
export async function becomes(api: Api, { spec, ...rest }: ReturnType<typeof podOf>): Promise<string> {
  const { status, text } = await api.ask('POST', CREATE_PATH, JSON.stringify({ ...rest, spec }));
  if (status === 201)
    return (JSON.parse(text) as { spec: { runtimeClassName?: string } }).spec.runtimeClassName ?? 'none';
  // The guard answers 403, a webhook chooses from 400 to 499, and an admission policy answers 422 without a reason.
  if (status >= 400 && status < 500) return 'refused';
  throw new Error(`POST ${CREATE_PATH}: ${status} ${text.slice(0, 500)}`);
}
