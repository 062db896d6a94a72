import { randomUUID } from 'node:crypto';
import type { Agent } from 'node:https';
import { send } from '../bench/load.ts';
import type { Case } from './cases.ts';
import type { Tally } from './tally.ts';

/** The server that is asked. */
export interface Target {
  readonly url: string;
  readonly agent: Agent;
}

/** Reviews at a steady rate, whether or not those before were answered. */
export interface Load {
  /** The sorted times, in milliseconds, of the ordinary reviews that were answered since the last call. */
  take(): readonly number[];
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly name: string;
  readonly cases: readonly Case[];
  /** Reviews a second. */
  readonly rate: number;
  /** The value is undefined while no server can be asked. */
  readonly target: () => Target | undefined;
}

export function startLoad({ name, cases, rate, target }: LoadOptions, tally: Tally): Load {
  const asking = new Set<Promise<void>>();
  let times: number[] = [];
  let turn = 0;
  const ask = async (whom: Target, asked: Case): Promise<void> => {
    const uid = randomUUID();
    const begin = performance.now();
    try {
      const { status, text } = await send(whom.url + asked.path, whom.agent, Buffer.from(asked.body(uid)));
      if (asked.ordinary) times.push(performance.now() - begin);
      asked.expect(uid, status, text);
      tally.done(name);
    } catch (error) {
      // A request in flight is lost where its replica was killed.
      tally.failed(name, error, target() !== whom, asked.name);
    }
  };
  const timer = setInterval(() => {
    const whom = target();
    const asked = cases[turn++ % cases.length];
    if (!whom || !asked) return;
    const one = ask(whom, asked).finally(() => asking.delete(one));
    asking.add(one);
  }, 1000 / rate);
  return {
    take: () => {
      const taken = times.toSorted((a, b) => a - b);
      times = [];
      return taken;
    },
    stop: async () => {
      clearInterval(timer);
      await Promise.all(asking);
    },
  };
}
