import { setTimeout as sleep } from 'node:timers/promises';
import { ApiException, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { core } from './client.ts';
import { ENFORCED } from './release.ts';

const PAUSE_MS = 100;

/** The results of the attempts that were made until they were ended. */
export interface Attempts {
  end(): Promise<{ readonly sent: number; readonly odd: readonly string[] }>;
}

const BODY = { metadata: { labels: { 'cofferdam.dev/risk': 'low' } } };

/** The refusal of an attempt; undefined where it succeeds. Nothing is stored. */
export async function refusalOfStatus(name: string): Promise<string | undefined> {
  try {
    await core.patchNamespacedPodStatus(
      { name, namespace: ENFORCED, body: BODY, dryRun: 'All' },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    );
    return undefined;
  } catch (error) {
    return error instanceof ApiException ? JSON.stringify(error.body) : String(error);
  }
}

/** Whether the guard refused it. */
export const isOfGuard = (refusal: string | undefined): boolean =>
  refusal?.includes('cofferdam-guard') ?? false;

/**
 * Keeps trying to give a stored Pod a label of this project's through its status, about which no webhook is asked, and which
 * the guard refuses. Nothing is stored. Attempts that the guard does not refuse are reported.
 */
export const statusAttempts = (name: string): Attempts =>
  attempts(async () => {
    const refusal = await refusalOfStatus(name);
    return isOfGuard(refusal) ? undefined : (refusal ?? 'let through');
  });

/** @param attempt resolves to what is odd about its result */
export function attempts(attempt: () => Promise<string | undefined>): Attempts {
  let ended = false;
  let sent = 0;
  const odd: string[] = [];
  const run = async (): Promise<void> => {
    while (!ended) {
      sent++;
      const fared = await attempt();
      if (fared !== undefined) odd.push(`number ${sent}: ${fared}`);
      await sleep(PAUSE_MS);
    }
  };
  const running = run();
  return {
    end: async () => {
      ended = true;
      await running;
      return { sent, odd };
    },
  };
}
