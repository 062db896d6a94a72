import { bindingsCoverLabels } from '../../guard/binding.ts';
import { GUARD_OF_LABELS } from '../../guard/names.ts';
import type { AdmissionBinding, AdmissionPolicy } from '../../guard/object.ts';
import type { Api } from '../../kube/api.ts';
import { hasStatus } from '../../kube/error.ts';
import type { Logger } from '../../log/logger.ts';
import { reasonOf } from '../../source/reason.ts';
import type { Pace } from './pace.ts';
import { isSilent, storedPolicy, TIMEOUT_MS } from './write.ts';

const BINDINGS = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';

/** The guard of labels, as it is stored. */
export interface Beside {
  readonly policy: AdmissionPolicy;
  /** Whether it may stand beside the guard: it is bound wherever the guard is, and may be written at each change. */
  readonly stands: boolean;
  /**
   * Whether it already did so when it was read. Only then may something stand in front of the guard: an API server may compile
   * two policies that are written together in either order, seconds apart.
   */
  readonly hasStood: boolean;
}

/**
 * Reads the guard of labels; undefined where none is installed, as with an older chart.
 * @param refused whether the API server refused what it is to say, so that it cannot stand there
 * @throws KubeError
 */
export type ReadsBeside = (signal: AbortSignal, refused: boolean) => Promise<Beside | undefined>;

/**
 * Makes a reader of the guard of labels. That guard does not stand beside the guard where a binding is missing, nor before
 * Kubernetes 1.36, where a second write for each change would keep the guard out of step for twice as long.
 */
export function besideReader(api: Api, pace: Pick<Pace, 'isSafe'>, log: Logger): ReadsBeside {
  let told = false;
  const isBound = async (signal: AbortSignal): Promise<boolean> => {
    const { items = [] } = (await api({ path: BINDINGS, timeoutMs: TIMEOUT_MS, signal })) as {
      readonly items?: readonly AdmissionBinding[];
    };
    return bindingsCoverLabels(items);
  };
  /** What was read; undefined where it may not be read, or does not exist. */
  const seen = async <T>(reading: Promise<T>): Promise<T | undefined> => {
    try {
      return await reading;
    } catch (error) {
      if (!hasStatus(error, 403, 404)) throw error;
      if (!told && hasStatus(error, 403)) log.warn({ reason: reasonOf(error) }, UNSEEN);
      told ||= hasStatus(error, 403);
      return undefined;
    }
  };
  return async (signal, refused) => {
    const policy = await seen(storedPolicy(GUARD_OF_LABELS, api, signal));
    if (!policy) return undefined;
    const stands = !refused && (await pace.isSafe(signal)) && ((await seen(isBound(signal))) ?? false);
    return { policy, stands, hasStood: stands && !isSilent(policy) };
  };
}

const UNSEEN = `this replica may not read whether ${GUARD_OF_LABELS} is in force, so the guard judges every Pod, which costs the API server more`;
