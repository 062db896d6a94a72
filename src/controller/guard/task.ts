import type { Registry } from 'prom-client';
import type { LiveView } from '../../cluster/live.ts';
import { type Guard, NOTHING_REFUSED } from '../../guard/guard.ts';
import type { Api } from '../../kube/api.ts';
import type { Logger } from '../../log/logger.ts';
import { restAfter } from '../../source/rest.ts';
import { type Changing, workOnChanges } from '../changes.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { FeedSource } from '../feed.ts';
import type { LeaderTask } from '../leader.ts';
import type { Lacks, Stopped } from '../missing-from-guard.ts';
import { type Brought, bring, type Keeper } from './bring.ts';
import { besideReader } from './of-labels.ts';
import { paceOf } from './pace.ts';
import { guardTeller, type Teller } from './tell.ts';

export interface GuardOptions extends Changing {
  readonly api: Api;
  readonly view: Pick<LiveView, 'ready' | 'runtimeClasses'>;
  readonly log: Logger;
  readonly registry: Registry;
  /** Receives what the guard in force leaves out. */
  readonly guards?: FeedSource<Lacks>;
}

/**
 * How long changes are gathered. It is longer where making the guard of thousands of policies takes long, as requests wait for
 * that.
 */
const SETTLE_MS = 500;
const MOST_SETTLE_MS = 10_000;
/** The pause after a failure, and the time until somebody else's change is seen. */
const RETRY_MS = 5000;
const CHECK_MS = 30_000;
/** How long the guard may wait for its next write before it counts as out of step. */
const LONG_WAIT_MS = 60_000;
const WAITS =
  'the guard has been waiting for more than a minute to be written, as policies change too often for this API server';

/**
 * Keeps the guard in step with policies, exemptions, profiles and RuntimeClasses while this replica leads, even if somebody
 * else changes it. It never creates the guard: whether there is one is up to whoever installs the chart.
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
    atFault: undefined,
    written: undefined,
    madeOf: undefined,
    madeMs: 0,
  };
  const announce = announcer(teller, options.guards);
  const waitsForLong = longWait(clock);
  const report = (brought: Brought): void => {
    const isLong = waitsForLong(brought);
    if (brought.outcome === 'failed') {
      teller.tell(brought.problem);
      if (brought.stopped) announce.stopped(brought.stopped);
    } else if (isLong) teller.tell(WAITS);
    else if (brought.outcome === 'in-step') {
      teller.tell(undefined);
      announce.written(brought.guard);
    }
  };
  try {
    await workOnChanges(options, signal, async snapshot => {
      // The objects that were refused may have been mended.
      if (keeper.madeOf !== snapshot) {
        keeper.refused = NOTHING_REFUSED;
        keeper.refusedLabels = false;
        keeper.atFault = undefined;
        keeper.madeOf = snapshot;
      }
      const brought = await bring({ ...options, snapshot, keeper, signal });
      if (!signal.aborted) report(brought);
      const settleMs = Math.max(SETTLE_MS, Math.min(MOST_SETTLE_MS, restAfter(keeper.madeMs)));
      return { pauseMs: pauseAfter(brought), settleMs };
    });
  } finally {
    // Whichever replica leads now will report it.
    teller.forget();
  }
}

/**
 * Whether the guard has waited for too long. The last good guard stays in force while it waits, which is no failure unless it
 * lasts. After a failure, it waits for the next try, and the failure stays the reason.
 */
function longWait(clock: Pick<Clock, 'now'>): (brought: Brought) => boolean {
  let since = Number.POSITIVE_INFINITY;
  let before: Brought['outcome'] = 'in-step';
  return ({ outcome }) => {
    if (outcome !== 'waits') {
      before = outcome;
      since = Number.POSITIVE_INFINITY;
    } else if (before === 'in-step') since = Math.min(since, clock.now());
    return clock.now() - since >= LONG_WAIT_MS;
  };
}

/** Reports what the guard in force leaves out, where that has changed. */
function announcer(teller: Teller, guards: GuardOptions['guards']) {
  let inForce: Lacks = { leftOut: new Map(), rulesOfWebhook: [], clusterLeftOut: [] };
  let announced: string | undefined;
  const announce = (lacks: Lacks): void => {
    const gist = JSON.stringify([
      ...lacks.leftOut,
      ...lacks.rulesOfWebhook.map(({ policy, rule, because }) => [policy.name, rule.name, because]),
      lacks.clusterLeftOut,
      lacks.stopped,
    ]);
    if (gist === announced) return;
    announced = gist;
    teller.tellLeftOut(lacks);
    guards?.push(lacks);
  };
  return {
    written: ({ leftOut, rulesOfWebhook, clusterLeftOut }: Guard): void => {
      inForce = { leftOut, rulesOfWebhook, clusterLeftOut };
      announce(inForce);
    },
    /** The guard that was written before stays in force. */
    stopped: (stopped: Stopped): void => announce({ ...inForce, stopped }),
  };
}

function pauseAfter(brought: Brought): number {
  // It is looked at again in between, so that a long wait is reported.
  if (brought.outcome === 'waits') return Math.min(brought.waitMs, LONG_WAIT_MS / 2);
  return brought.outcome === 'failed' ? RETRY_MS : CHECK_MS;
}
