import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { load as warm } from '../bench/load.ts';
import { hold } from '../e2e/support/attack.ts';
import { poll } from '../e2e/support/poll.ts';
import { type Replica, startReplica } from '../e2e/support/replica.ts';
import { TLS_CERT } from '../e2e/support/settings.ts';
import { WARMING } from './cases.ts';
import type { Ends } from './ends.ts';

/** A replica that lives. */
export interface Member {
  readonly name: string;
  readonly life: number;
  readonly replica: Replica;
  /** When it was ready, on the clock of `performance.now`. */
  readonly since: number;
  readonly url: string;
  readonly agent: Agent;
}

/** The heap gets what V8 takes under the memory limit of the chart, 320 MiB: half of it (Heap::HeapSizeFromPhysicalMemory). */
const NODE_OPTIONS = ['--max-old-space-size=160'];
const OPTIONS = ['--guard'];
const CONNECTIONS = 8;
/** A request announces more bytes than these, and stalls. */
const STALLED_BYTES = 64 * 1024;

/** How many reviews it takes until programs are compiled and heaps have grown. */
const WARMING_REVIEWS = 3_000;
const WARMING_CLIENTS = 8;

/** Starts replicas and gives them something to do; the first of them leads. */
export async function startFleet(names: readonly string[], ends: Ends): Promise<Fleet> {
  const fleet = new Fleet();
  ends.push(() => fleet.stop());
  for (const [i, name] of names.entries()) {
    const { replica, url } = await fleet.start(name);
    if (i === 0)
      await poll(`replica ${name} leads`, async () => ((await replica.leads()) ? true : undefined));
    const target = { url: url + WARMING.path, ca: readFileSync(TLS_CERT) };
    await warm(target, uid => WARMING.body(uid), WARMING_REVIEWS, WARMING_CLIENTS);
  }
  return fleet;
}

/** The replicas, each with a stalled request that comes back as often as it is turned away. */
export class Fleet {
  readonly #members = new Map<string, Member>();
  readonly #lives = new Map<string, number>();
  readonly #releases = new Map<string, () => void>();

  async start(name: string): Promise<Member> {
    const life = this.#lives.get(name) ?? 0;
    this.#lives.set(name, life + 1);
    const replica = await startReplica(`${name}-${life + 1}`, 'default', {
      options: OPTIONS,
      nodeOptions: NODE_OPTIONS,
    });
    const address = { host: '127.0.0.1', port: replica.port };
    const ca = readFileSync(TLS_CERT);
    const member = {
      ...{ name, life, replica, since: performance.now() },
      url: `https://127.0.0.1:${replica.port}`,
      agent: new Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca }),
    };
    this.#members.set(name, member);
    this.#releases.set(name, hold(address, STALLED_BYTES).end);
    return member;
  }

  get members(): readonly Member[] {
    return [...this.#members.values()];
  }

  member(name: string): Member | undefined {
    return this.#members.get(name);
  }

  /** Kills a replica as a node does that loses power. */
  kill(name: string): void {
    this.#leave(name)?.replica.kill();
  }

  async stop(): Promise<void> {
    for (const name of [...this.#members.keys()]) await this.#leave(name)?.replica.stop();
  }

  /** What is lost from then on was lost to its end. */
  #leave(name: string): Member | undefined {
    const member = this.#members.get(name);
    this.#members.delete(name);
    this.#releases.get(name)?.();
    member?.agent.destroy();
    return member;
  }
}
