import type { LiveView } from '../../cluster/live.ts';
import type { WrittenPolicies } from '../../guard/cluster-share.ts';
import { fitGuard, type Guard, type Refused } from '../../guard/guard.ts';
import type { ClusterObject } from '../../guard/left-out.ts';
import { GUARD, GUARD_OF_LABELS } from '../../guard/names.ts';
import type { AdmissionPolicy } from '../../guard/object.ts';
import { GuardTooLarge } from '../../guard/too-large.ts';
import type { Api } from '../../kube/api.ts';
import { hasStatus } from '../../kube/error.ts';
import type { Logger } from '../../log/logger.ts';
import type { Snapshot } from '../../policy/policy.ts';
import { reasonOf } from '../../source/reason.ts';
import { someOf } from '../../source/text.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Stopped } from '../missing-from-guard.ts';
import type { ReadsBeside } from './of-labels.ts';
import type { Pace } from './pace.ts';
import { findAtFault } from './refused.ts';
import {
  isSame,
  isSilent,
  mayBeStored,
  refusedOrThrow,
  silenced,
  storedPolicy,
  type Taken,
  takenOf,
  takenWithout,
  takesBy,
  writerOver,
} from './write.ts';

/** What is known from one look to the next. */
export interface Keeper {
  readonly pace: Pace;
  readonly readBeside: ReadsBeside;
  /** What the API server refused, and of which policies. */
  refused: Refused;
  /** True where it refused the guard of labels, so that nothing may stand in front of the guard. */
  refusedLabels: boolean;
  /** The objects because of which the API server takes no guard at all; undefined until they have been looked for. */
  atFault: readonly ClusterObject[] | undefined;
  /** The cluster policies in the stored guard; undefined until this replica has seen or made it so. */
  written: WrittenPolicies | undefined;
  madeOf: Snapshot | undefined;
  /** How long it took to make the guard. */
  madeMs: number;
}

/** What became of the guard: it is in force, may be written in some milliseconds, or could not be written. */
export type Brought =
  | { readonly outcome: 'in-step'; readonly guard: Guard }
  | { readonly outcome: 'waits'; readonly waitMs: number }
  | { readonly outcome: 'failed'; readonly problem: string; readonly stopped?: Stopped };

const failed = (problem: string) => ({ outcome: 'failed', problem }) as const;

/** One look at what is stored, and what follows from it. */
interface Look {
  readonly api: Api;
  readonly view: Pick<LiveView, 'runtimeClasses'>;
  readonly clock?: Clock;
  readonly log: Logger;
  readonly snapshot: Snapshot;
  readonly keeper: Keeper;
  readonly signal: AbortSignal;
}

interface Stored {
  readonly guard: AdmissionPolicy;
  readonly beside: AdmissionPolicy | undefined;
  /** Whether the guard of labels stands beside the guard. */
  readonly stands: boolean;
  /** Whether it already did so when it was read. */
  readonly hasStood: boolean;
}

type Makes = (some: Snapshot, refused: Refused) => Guard;

/** Writes the guard, and before it the guard of labels, where what is stored differs. */
export async function bring(look: Look): Promise<Brought> {
  const { view, clock = systemClock, snapshot, keeper, signal } = look;
  try {
    const stored = await readStored(look);
    const make: Makes = (some, refused) =>
      fitGuard(some, view.runtimeClasses(), Date.now(), {
        ...{ refused, besideLabels: stored.hasStood, written: keeper.written },
      });
    const began = clock.now();
    const wanted = make(snapshot, keeper.refused);
    keeper.madeMs = clock.now() - began;
    if (isSame(stored.guard, wanted.policy) && isBesideCurrent(stored, wanted)) return inStep(wanted, keeper);
    const waitMs = await keeper.pace.untilNextWrite(signal);
    if (waitMs > 0) return { outcome: 'waits', waitMs };
    const ended = keeper.pace.begin();
    try {
      return await putTaken(wanted, stored, make, look);
    } finally {
      ended();
    }
  } catch (error) {
    return failedBy(error);
  }
}

/** @throws KubeError */
async function readStored({ api, keeper, signal }: Look): Promise<Stored> {
  const guard = await storedPolicy(GUARD, api, signal);
  const beside = await keeper.readBeside(signal, keeper.refusedLabels);
  return {
    guard,
    beside: beside?.policy,
    stands: beside?.stands ?? false,
    hasStood: beside?.hasStood ?? false,
  };
}

function inStep(guard: Guard, keeper: Keeper): Brought {
  keeper.written = new Map(guard.ofCluster.map(policy => [policy.name, policy]));
  return { outcome: 'in-step', guard };
}

const isBesideCurrent = ({ beside, stands }: Stored, { ofLabels }: Guard): boolean =>
  !beside || (stands ? isSame(beside, ofLabels) : isSilent(beside));

function failedBy(error: unknown): Brought {
  if (error instanceof GuardTooLarge) {
    const { message, what, largest } = error;
    return { ...failed(message), stopped: { because: 'too-large', what, objects: largest } };
  }
  return failed(
    hasStatus(error, 404)
      ? `${GUARD} does not exist; run helm upgrade again with the same values`
      : reasonOf(error),
  );
}

const NONE_TAKEN =
  'the API server does not accept a guard made from the cluster policies and exemptions in force';

function failedOf(objects: readonly ClusterObject[]): Brought {
  const names = objects.map(({ kind, name }) => `${kind} ${name}`);
  const problem = names.length === 0 ? NONE_TAKEN : `${NONE_TAKEN}, because of ${someOf(names)}`;
  return { ...failed(problem), stopped: { because: 'refused', what: NONE_TAKEN, objects } };
}

/** Writes as much of the guard as the API server takes. @throws KubeError */
async function putTaken(wanted: Guard, stored: Stored, make: Makes, look: Look): Promise<Brought> {
  const { api, log, snapshot, keeper, signal } = look;
  const takes = takesBy(writerOver(stored.guard, api, signal));
  const makeWithout = (refused: Refused) => make(snapshot, refused);
  let taken: Taken | undefined = isSame(stored.guard, wanted.policy)
    ? { guard: wanted }
    : await takenOf(wanted, snapshot, makeWithout, takes);
  if (!taken) {
    keeper.atFault ??= await findAtFault(snapshot, make, takes);
    if (mayLeaveOut(keeper.atFault, keeper)) {
      taken = await takenWithout(keeper.atFault, snapshot, makeWithout, takes);
    }
    if (!taken) return failedOf(keeper.atFault);
  }
  keeper.refused = taken.refused ?? keeper.refused;
  const problem = await put(taken.guard, stored, look);
  if (problem !== undefined) return failed(problem);
  log.info({ snapshot: snapshot.version }, 'the guard was brought into step');
  return inStep(taken.guard, keeper);
}

/**
 * Whether a guard without these may be written. Without an exemption the guard is stricter. Without a policy it would be
 * looser, unless what stands in for that policy is known; a replica that has just begun to lead does not know it, and leaves
 * the guard as it is.
 */
const mayLeaveOut = (atFault: readonly ClusterObject[], { written }: Keeper): boolean =>
  atFault.length > 0 && (written !== undefined || atFault.every(({ kind }) => kind === 'SandboxExemption'));

/** @returns why the guard itself was not written. @throws KubeError */
async function put(
  { policy, ofLabels }: Guard,
  { guard, beside, stands }: Stored,
  { api, keeper, signal }: Look,
): Promise<string | undefined> {
  const write = (over: AdmissionPolicy, wanted: AdmissionPolicy): Promise<void> =>
    writerOver(
      over,
      api,
      signal,
    )(wanted, false).then(keeper.pace.wrote, error => {
      if (mayBeStored(error)) {
        keeper.pace.wrote();
        // Either of the two may be in force now.
        keeper.written = undefined;
      }
      throw error;
    });
  // This comes first, so that nothing stands in front of the guard before this stands beside it.
  if (beside && stands && !isSame(beside, ofLabels)) {
    keeper.refusedLabels = !(await write(beside, ofLabels).then(() => true, refusedOrThrow));
    if (keeper.refusedLabels) return `the API server does not accept ${GUARD_OF_LABELS}`;
  }
  if (!isSame(guard, policy)) await write(guard, policy);
  // This comes last, and not in the same round, as each write may end an old API server: by now the guard judges every Pod.
  else if (beside && !stands && !isSilent(beside)) await write(beside, silenced(beside));
  return undefined;
}
