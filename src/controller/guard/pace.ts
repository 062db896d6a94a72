import type { Api } from '../../kube/api.ts';
import { isAtLeast, POLICY_WRITES_SAFE_MINOR, serverVersion } from '../../kube/version.ts';
import type { Logger } from '../../log/logger.ts';
import { restAfter } from '../../source/rest.ts';
import type { Clock } from '../clock.ts';

/**
 * The pause between writes of the guard where each may end the API server. Only what is stored is compiled again: a dry-run
 * write is validated in an environment of its own, and reaches no watch (k8s.io/apiserver v0.30.14,
 * pkg/registry/generic/registry/dryrun.go), so questions need no pause.
 */
const RISKY_WRITES_APART_MS = 60_000;
const TIMEOUT_MS = 10_000;

/** Decides when the guard may be written. */
export interface Pace {
  /** @returns milliseconds; 0 where the guard may be written now */
  untilNextWrite(signal: AbortSignal): Promise<number>;
  /** Whether the API server is known to take any number of writes. */
  isSafe(signal: AbortSignal): Promise<boolean>;
  /** Called for each write that may have been carried out. */
  wrote(): void;
  /**
   * Called before the API server is asked about a guard: it compiles for each question and each write, and those who may write
   * policies of one namespace can cause another guard at any time.
   * @returns a function to call once the API server has answered all
   */
  begin(): () => void;
}

/** The first write may be made at once, and so may each further one where the API server is known to take them safely. */
export function paceOf(api: Api, clock: Pick<Clock, 'now'>, log: Logger): Pace {
  let lastMs = Number.NEGATIVE_INFINITY;
  let restedMs = Number.NEGATIVE_INFINITY;
  let known = false;
  let told = false;
  // The version is asked for again until it is known: an answer may be missing, and an API server may be upgraded.
  const isSafe = async (signal: AbortSignal): Promise<boolean> => {
    known ||= await takesWritesSafely(api, signal);
    return known;
  };
  return {
    isSafe,
    untilNextWrite: async signal => {
      const restMs = restedMs - clock.now();
      if (restMs > 0) return restMs;
      const waitMs = Math.max(0, lastMs + RISKY_WRITES_APART_MS - clock.now());
      if (waitMs === 0) return 0;
      if (await isSafe(signal)) return 0;
      if (!told) log.warn({ seconds: RISKY_WRITES_APART_MS / 1000 }, HELD_BACK);
      told = true;
      return waitMs;
    },
    wrote: () => {
      lastMs = clock.now();
    },
    begin: () => {
      const began = clock.now();
      return () => {
        const ended = clock.now();
        restedMs = ended + restAfter(ended - began);
      };
    },
  };
}

const HELD_BACK =
  'writing the guard can crash an API server older than Kubernetes 1.36, so writes are this far apart (docs/support.md)';

/** Whether the API server takes writes safely; false where the version cannot be read. */
const takesWritesSafely = (api: Api, signal: AbortSignal): Promise<boolean> =>
  api({ path: '/version', timeoutMs: TIMEOUT_MS, signal }).then(
    answer => isAtLeast(serverVersion(answer), POLICY_WRITES_SAFE_MINOR),
    () => false,
  );
