import { isDeepStrictEqual } from 'node:util';
import { Gauge, type Registry } from 'prom-client';
import type { Logger } from '../admission/log.ts';
import type { LiveView } from '../cluster/live.ts';
import { guardFor } from '../guard/guard.ts';
import { GUARD, SNAPSHOT_ANNOTATION } from '../guard/names.ts';
import type { AdmissionPolicy } from '../guard/object.ts';
import type { Api } from '../kube/api.ts';
import { hasStatus } from '../kube/error.ts';
import type { Snapshot } from '../policy/policy.ts';
import { reasonOf } from '../source/reason.ts';
import { type Changing, workOnChanges } from './changes.ts';
import type { LeaderTask } from './leader.ts';

export interface GuardOptions extends Changing {
  readonly api: Api;
  readonly view: Pick<LiveView, 'ready' | 'runtimeClasses'>;
  readonly log: Logger;
  readonly registry: Registry;
}

/** Of the API: get and update of this one object is all that is needed. */
const PATH = `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${GUARD}`;
const TIMEOUT_MS = 5000;
/** How long changes are gathered. */
const SETTLE_MS = 500;
/** How soon after a failure, and how long until somebody else's change is seen. */
const RETRY_MS = 5000;
const CHECK_MS = 30_000;

/**
 * Keeps the guard what policies, exemptions, profiles and RuntimeClasses make of it, while this replica leads: also where
 * somebody else changed it. It is never made here: whether there is one is for who installs to say.
 */
export function guardTask(options: GuardOptions): LeaderTask {
  const gauge = guardGauge(options.registry);
  return { name: 'guard', run: signal => keep(options, gauge, signal) };
}

export const guardGauge = (registry: Registry): Gauge =>
  new Gauge({
    name: 'cofferdam_guard_out_of_step',
    help: '1 where this replica leads and could not make the guard what the policies in force say.',
    registers: [registry],
  });

async function keep(options: GuardOptions, gauge: Gauge, signal: AbortSignal): Promise<void> {
  const tell = teller(options.log, gauge);
  try {
    await workOnChanges(options, signal, async snapshot => {
      const failed = await bring(options, snapshot, signal);
      if (!signal.aborted) tell(failed);
      return { pauseMs: failed === undefined ? CHECK_MS : RETRY_MS, settleMs: SETTLE_MS };
    });
  } finally {
    // Whoever leads now will say.
    gauge.set(0);
  }
}

/** Says each problem once, and when it is over. */
function teller(log: Logger, gauge: Gauge): (problem: string | undefined) => void {
  let told: string | undefined;
  return problem => {
    if (problem !== undefined && problem !== told) log.error({ reason: problem }, NOT_IN_STEP);
    if (problem === undefined && told !== undefined) log.info('the guard is in step again');
    told = problem;
    gauge.set(problem === undefined ? 0 : 1);
  };
}

const NOT_IN_STEP =
  'the guard is not what the policies in force say; the last good one stays, and it is tried again';

/** Writes the guard where it says something else. @returns why it could not be written */
async function bring(
  { api, view, log }: GuardOptions,
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const wanted = guardFor(snapshot, view.runtimeClasses(), Date.now());
    const stored = (await api({ path: PATH, timeoutMs: TIMEOUT_MS, signal })) as object as AdmissionPolicy;
    if (isSame(stored, wanted)) return undefined;
    const annotations = { ...stored.metadata.annotations, ...wanted.metadata.annotations };
    // With the version that was read: what was written in between is read first.
    const body = { ...stored, metadata: { ...stored.metadata, annotations }, spec: wanted.spec };
    await api({ method: 'PUT', path: PATH, body, timeoutMs: TIMEOUT_MS, signal });
    log.info({ snapshot: snapshot.version }, 'the guard was brought into step');
    return undefined;
  } catch (error) {
    if (hasStatus(error, 404)) return `there is no ${GUARD}: install it`;
    return reasonOf(error);
  }
}

const isSame = (stored: AdmissionPolicy, wanted: AdmissionPolicy): boolean =>
  stored.metadata.annotations?.[SNAPSHOT_ANNOTATION] === wanted.metadata.annotations?.[SNAPSHOT_ANNOTATION] &&
  isDeepStrictEqual(stored.spec, wanted.spec);
