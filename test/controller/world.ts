import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../src/controller/clock.ts';
import { compete, type Election } from '../../src/controller/lease.ts';
import type { Lease, LeaseLock } from '../../src/controller/lease-lock.ts';
import { KubeError } from '../../src/kube/error.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A time of its own, in which nothing happens but what a test lets happen, and clocks that show it each in their way. */
export class World {
  time = 0;
  #sleepers: Sleeper[] = [];

  /** @param rate how fast it runs; @param skewMs how wrong its date is */
  clock({ rate = 1, skewMs = 0 } = {}): Clock {
    return {
      now: () => this.time * rate,
      date: () => Date.UTC(2030, 0, 1) + this.time + skewMs,
      sleep: (ms, signal) => this.sleep(ms / rate, signal),
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise(resolve => {
      const sleeper = { at: this.time + Math.max(0, ms), wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter(one => one !== sleeper);
        resolve();
      });
    });
  }

  /** Lets time go by, and all happen in it, in order. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (;;) {
      const next = this.#sleepers.toSorted((a, b) => a.at - b.at)[0];
      if (!next || next.at > end) break;
      this.#sleepers = this.#sleepers.filter(one => one !== next);
      this.time = Math.max(this.time, next.at);
      next.wake();
      await settle();
    }
    this.time = Math.max(this.time, end);
    await settle();
  }
}

/** Lets everything that needs no time go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await turn();
}

/** `hangs`: there is no answer, ever. `loses`: it is done, and the answer is lost. */
export type Network = 'works' | 'fails' | 'hangs' | 'loses';

/** A Lease as the API server keeps it: a write counts only of the version that is stored. */
export class Store {
  lease: Lease | undefined;
  writes = 0;
  #version = 0;

  lockFor(world: World, network: () => Network, latencyMs: () => number = () => 0): LeaseLock {
    const call = async (signal: AbortSignal, work: () => Lease | undefined): Promise<Lease | undefined> => {
      const now = network();
      await world.sleep(latencyMs(), signal);
      if (now === 'hangs') return new Promise(() => undefined);
      if (now === 'fails') throw new KubeError('no', { status: 503 });
      // A request that was given up may well arrive.
      const result = work();
      await world.sleep(latencyMs(), signal);
      if (now === 'loses' || signal.aborted) throw new Error('no answer');
      return result;
    };
    const put = ({ spec }: Pick<Lease, 'spec'>): Lease => {
      this.writes++;
      this.lease = structuredClone({ metadata: { resourceVersion: String(++this.#version) }, spec });
      return this.lease;
    };
    return {
      get: signal => call(signal, () => this.lease),
      create: (spec, signal) => call(signal, () => (this.lease ? undefined : put({ spec }))),
      update: (lease, signal) =>
        call(signal, () =>
          this.lease?.metadata.resourceVersion === lease.metadata.resourceVersion ? put(lease) : undefined,
        ),
    };
  }
}

export interface Candidate {
  network: Network;
  /** How long its tasks take to end. */
  endMs: number;
  readonly leading: () => boolean;
  readonly failures: unknown[];
  readonly stop: () => Promise<void>;
}

/** Starts one that competes for the Lease. */
export function candidate(
  world: World,
  store: Store,
  identity: string,
  { clock = world.clock(), latencyMs, ...more }: Partial<Election> & { latencyMs?: () => number } = {},
): Candidate {
  let leads = false;
  const stopping = new AbortController();
  const failures: unknown[] = [];
  const self = { network: 'works' as Network, endMs: 0 };
  const lead = async (signal: AbortSignal): Promise<void> => {
    leads = true;
    await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()));
    leads = false;
    await world.sleep(self.endMs);
  };
  const done = compete(
    {
      ...{ identity, clock, lead, failed: (error: unknown) => failures.push(error) },
      lock: store.lockFor(world, () => self.network, latencyMs),
      ...more,
    },
    stopping.signal,
  );
  return Object.assign(self, {
    leading: () => leads,
    failures,
    stop: () => {
      stopping.abort();
      return done;
    },
  });
}
