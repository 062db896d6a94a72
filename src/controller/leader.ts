import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Gauge, type Registry } from 'prom-client';
import type { Api } from '../kube/api.ts';
import type { Logger } from '../log/logger.ts';
import { reasonOf } from '../source/reason.ts';
import { type Clock, systemClock } from './clock.ts';
import { compete, type LeaseTimes } from './lease.ts';
import { leaseLock } from './lease-lock.ts';

const LEASE_NAME = 'cofferdam';

/** Background work that only one replica may do. */
export interface LeaderTask {
  /** The task's name in logs. */
  readonly name: string;
  /** Works until the signal aborts, then ends soon and writes nothing more. If it fails or ends, it is run again. */
  run(signal: AbortSignal): Promise<void>;
}

export interface LeaderOptions {
  readonly api: Api;
  /** The namespace of the Lease. */
  readonly namespace: string;
  readonly tasks: readonly LeaderTask[];
  readonly log: Logger;
  readonly registry: Registry;
  readonly clock?: Clock;
  readonly times?: LeaseTimes;
}

export interface Leader {
  /** Ends the tasks and releases the Lease. */
  stop(): Promise<void>;
}

const RESTART_MS = 10_000;

/** Competes for the Lease `cofferdam`, and runs the tasks while it is held. Returns at once. */
export function startLeader(options: LeaderOptions): Leader {
  const { api, namespace, log, registry, clock = systemClock, times } = options;
  // Within a Pod, the host's name is the Pod's.
  const identity = `${hostname()}_${randomUUID()}`;
  const stopping = new AbortController();
  const leading = leaderGauge(registry);
  const failing = once(error => log.warn({ reason: reasonOf(error) }, 'the Lease cannot be read or written'));
  const running = compete(
    {
      lock: leaseLock(api, namespace, LEASE_NAME),
      identity,
      clock,
      failed: failing.tell,
      answered: failing.forget,
      changed: holder => log.info({ holder: holder ?? null }, 'the Lease changed hands'),
      lead: async signal => {
        leading.set(1);
        log.info({ identity, tasks: options.tasks.map(({ name }) => name) }, 'leading');
        signal.addEventListener('abort', () => {
          leading.set(0);
          log.info({ identity }, 'no longer leading');
        });
        await Promise.all(options.tasks.map(task => keepRunning(task, signal, clock, log)));
      },
      ...(times && { times }),
    },
    stopping.signal,
  ).catch(error => log.error({ err: error }, 'the election failed'));
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}

export const leaderGauge = (registry: Registry): Gauge =>
  new Gauge({
    name: 'cofferdam_leader',
    help: '1 if this replica is the leader, which does the background work for all replicas, 0 if it is not.',
    registers: [registry],
  });

async function keepRunning(task: LeaderTask, signal: AbortSignal, clock: Clock, log: Logger): Promise<void> {
  while (!signal.aborted) {
    try {
      await task.run(signal);
    } catch (error) {
      if (!signal.aborted)
        log.error({ err: error, task: task.name }, 'a task of the leader failed; it is run again');
    }
    await clock.sleep(RESTART_MS, signal);
  }
}

/** Reports only the first failure in a row. */
function once(tell: (error: unknown) => void) {
  let told = false;
  return {
    tell: (error: unknown) => {
      if (!told) tell(error);
      told = true;
    },
    forget: () => {
      told = false;
    },
  };
}
