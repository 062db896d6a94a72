import type { Registry } from 'prom-client';
import type { Logger } from '../../admission/log.ts';
import type { LiveView } from '../../cluster/live.ts';
import { fitGuard, type Guard, NOTHING_REFUSED, type Refused } from '../../guard/guard.ts';
import { GUARD, GUARD_OF_LABELS } from '../../guard/names.ts';
import type { AdmissionPolicy } from '../../guard/object.ts';
import type { Api } from '../../kube/api.ts';
import { hasStatus } from '../../kube/error.ts';
import type { Snapshot } from '../../policy/policy.ts';
import { reasonOf } from '../../source/reason.ts';
import { restAfter } from '../../source/rest.ts';
import { type Changing, workOnChanges } from '../changes.ts';
import { systemClock } from '../clock.ts';
import type { FeedSource } from '../feed.ts';
import type { LeaderTask } from '../leader.ts';
import { besideReader, type ReadsBeside } from './of-labels.ts';
import { type Pace, paceOf } from './pace.ts';
import { guardTeller, type Teller } from './tell.ts';
import {
  isSame,
  isSilent,
  mayBeStored,
  refusedOrThrow,
  silenced,
  storedPolicy,
  takenOf,
  writerOver,
} from './write.ts';

export interface GuardOptions extends Changing {
  readonly api: Api;
  readonly view: Pick<LiveView, 'ready' | 'runtimeClasses'>;
  readonly log: Logger;
  readonly registry: Registry;
  /** Told what the guard that was written leaves out. */
  readonly guards?: FeedSource<Guard>;
}

/** How long changes are gathered: longer where making the guard of thousands of policies takes long, which requests wait for. */
const SETTLE_MS = 500;
const MOST_SETTLE_MS = 10_000;
/** How soon after a failure, and how long until somebody else's change is seen. */
const RETRY_MS = 5000;
const CHECK_MS = 30_000;
/** How long the guard may wait for its next write before it counts as out of step. */
const LONG_WAIT_MS = 60_000;
const WAITS =
  'it has waited for more than a minute for its next write: policies change too often for the API server';

/**
 * Keeps the guard what policies, exemptions, profiles and RuntimeClasses make of it, while this replica leads: also where
 * somebody else changed it. It is never made here: whether there is one is for who installs to say.
 */
export function guardTask(options: GuardOptions): LeaderTask {
  const teller = guardTeller(options.log, options.registry);
  return { name: 'guard', run: signal => keep(options, teller, signal) };
}

async function keep(options: GuardOptions, teller: Teller, signal: AbortSignal): Promise<void> {
  const clock = options.clock ?? systemClock;
  const pace = paceOf(options.api, clock, options.log);
  const keeper: Keeper = {
    pace,
    readBeside: besideReader(options.api, pace, options.log),
    refused: NOTHING_REFUSED,
    refusedLabels: false,
    madeOf: undefined,
    madeMs: 0,
  };
  let announced: string | undefined;
  const announce = (guard: Guard): void => {
    const gist = JSON.stringify([
      ...guard.leftOut,
      ...guard.rulesOfWebhook.map(({ policy, rule, because }) => [policy.name, rule.name, because]),
    ]);
    if (gist === announced) return;
    announced = gist;
    teller.tellLeftOut(guard);
    options.guards?.push(guard);
  };
  let waitsSince: number | undefined;
  const report = (brought: Brought): void => {
    // The last good guard stays for as long as this one waits: no failure, unless it is for long.
    waitsSince = brought.outcome === 'waits' ? (waitsSince ?? clock.now()) : undefined;
    if (brought.outcome === 'failed') teller.tell(brought.problem);
    else if (waitsSince !== undefined && clock.now() - waitsSince >= LONG_WAIT_MS) teller.tell(WAITS);
    else if (brought.outcome === 'in-step') {
      teller.tell(undefined);
      announce(brought.guard);
    }
  };
  try {
    await workOnChanges(options, signal, async snapshot => {
      // What was refused may have been mended.
      if (keeper.madeOf !== snapshot) {
        keeper.refused = NOTHING_REFUSED;
        keeper.refusedLabels = false;
        keeper.madeOf = snapshot;
      }
      const brought = await bring(options, snapshot, keeper, signal);
      if (!signal.aborted) report(brought);
      const settleMs = Math.max(SETTLE_MS, Math.min(MOST_SETTLE_MS, restAfter(keeper.madeMs)));
      return { pauseMs: pauseAfter(brought), settleMs };
    });
  } finally {
    // Whoever leads now will say.
    teller.forget();
  }
}

interface Keeper {
  readonly pace: Pace;
  readonly readBeside: ReadsBeside;
  /** What the API server did not take, and of which policies. */
  refused: Refused;
  /** It did not take the guard of labels, so nothing may stand in front of the guard. */
  refusedLabels: boolean;
  madeOf: Snapshot | undefined;
  /** How long that took. */
  madeMs: number;
}

/** What became of the guard: it is in force, may be written in some milliseconds, or could not be written. */
type Brought =
  | { readonly outcome: 'in-step'; readonly guard: Guard }
  | { readonly outcome: 'waits'; readonly waitMs: number }
  | { readonly outcome: 'failed'; readonly problem: string };

function pauseAfter(brought: Brought): number {
  // Looked at again in between, so that a long wait is told.
  if (brought.outcome === 'waits') return Math.min(brought.waitMs, LONG_WAIT_MS / 2);
  return brought.outcome === 'failed' ? RETRY_MS : CHECK_MS;
}

const inStep = (guard: Guard): Brought => ({ outcome: 'in-step', guard });
const failed = (problem: string): Brought => ({ outcome: 'failed', problem });

/** Writes the guard, and before it the guard of labels, where they say something else. */
async function bring(
  options: GuardOptions,
  snapshot: Snapshot,
  keeper: Keeper,
  signal: AbortSignal,
): Promise<Brought> {
  const { api, view, log, clock = systemClock } = options;
  try {
    const stored = await storedPolicy(GUARD, api, signal);
    const beside = await keeper.readBeside(signal, keeper.refusedLabels);
    const { stands = false, hasStood = false } = beside ?? {};
    const make = (refused: Refused) =>
      fitGuard(snapshot, view.runtimeClasses(), Date.now(), refused, hasStood);
    const began = clock.now();
    const wanted = make(keeper.refused);
    keeper.madeMs = clock.now() - began;
    const isCurrent = isSame(stored, wanted.policy);
    const isBesideCurrent =
      !beside || (stands ? isSame(beside.policy, wanted.ofLabels) : isSilent(beside.policy));
    if (isCurrent && isBesideCurrent) return inStep(wanted);
    const waitMs = await keeper.pace.untilNextWrite(signal);
    if (waitMs > 0) return { outcome: 'waits', waitMs };
    const ended = keeper.pace.begin();
    try {
      const taken = isCurrent
        ? { guard: wanted }
        : await takenOf(wanted, snapshot, make, writerOver(stored, api, signal));
      if (!taken)
        return failed('the API server takes no guard of the cluster policies and exemptions in force');
      keeper.refused = taken.refused ?? keeper.refused;
      const problem = await put(
        taken.guard,
        { stored, beside: beside?.policy, stands },
        options,
        keeper,
        signal,
      );
      if (problem !== undefined) return failed(problem);
      log.info({ snapshot: snapshot.version }, 'the guard was brought into step');
      return inStep(taken.guard);
    } finally {
      ended();
    }
  } catch (error) {
    return failed(hasStatus(error, 404) ? `there is no ${GUARD}: install it` : reasonOf(error));
  }
}

interface Stored {
  readonly stored: AdmissionPolicy;
  readonly beside: AdmissionPolicy | undefined;
  /** Whether that stands beside the guard. */
  readonly stands: boolean;
}

/** @returns why the guard itself was not written. @throws KubeError */
async function put(
  { policy, ofLabels }: Guard,
  { stored, beside, stands }: Stored,
  { api }: GuardOptions,
  keeper: Keeper,
  signal: AbortSignal,
): Promise<string | undefined> {
  const write = (over: AdmissionPolicy, wanted: AdmissionPolicy): Promise<void> =>
    writerOver(
      over,
      api,
      signal,
    )(wanted, false).then(keeper.pace.wrote, error => {
      if (mayBeStored(error)) keeper.pace.wrote();
      throw error;
    });
  // First, so that nothing stands in front of the guard before this stands beside it.
  if (beside && stands && !isSame(beside, ofLabels)) {
    keeper.refusedLabels = !(await write(beside, ofLabels).then(() => true, refusedOrThrow));
    if (keeper.refusedLabels) return `the API server does not take ${GUARD_OF_LABELS}`;
  }
  if (!isSame(stored, policy)) await write(stored, policy);
  // Last, and not in one go, as each write may end an old API server: the guard judges every Pod by now.
  else if (beside && !stands && !isSilent(beside)) await write(beside, silenced(beside));
  return undefined;
}
