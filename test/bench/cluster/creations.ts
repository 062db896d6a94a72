import { at } from '../load.ts';
import type { Api } from './api.ts';
import type { Control } from './controls.ts';
import { CREATE_PATH } from './effect.ts';
import { CLASS, NAMED, type PodKind, podOf } from './pods.ts';
import { cpuSeconds, memoryMiB } from './process.ts';

/** The measurements of dry-run creations of one Pod by some clients. */
export interface Creations {
  /** The milliseconds of a creation. */
  readonly p50: number;
  readonly p99: number;
  /** The creations per second. */
  readonly rate: number;
  /** The seconds of processor time for 1,000 creations; for the webhook 0 where there is none. */
  readonly apiCpu: number;
  readonly hookCpu: number;
  /** The memory after the creations, in MiB. */
  readonly apiMemory: number;
  readonly hookMemory: number;
}

export const CLIENTS = [1, 16] as const;
/** There are this many times as many requests, since each takes a third of the time. */
export const REQUESTS_FACTOR: Readonly<Record<(typeof CLIENTS)[number], number>> = { 1: 1, 16: 3 };
const WARM_UP = 50;

export interface Load {
  readonly kind: PodKind;
  readonly clients: number;
  readonly requests: number;
}

/** @throws Error where a creation fails, or ends with another class than it should */
export async function measureCreations(
  api: Api,
  apiPid: number,
  control: Control,
  { kind, clients, requests }: Load,
): Promise<Creations> {
  const named = kind === 'high' && control.namesClass;
  const body = JSON.stringify(podOf(kind, named ? NAMED : {}));
  const sandboxed = kind === 'high' && control.name !== 'none';
  const create = async (): Promise<number> => {
    const { status, text, ms } = await api.ask('POST', CREATE_PATH, body);
    if (status !== 201 || text.includes(`"runtimeClassName":"${CLASS}"`) !== sandboxed) {
      throw new Error(`${control.name}, ${kind}: ${status} ${text.slice(0, 500)}`);
    }
    return ms;
  };
  const hookPids = control.steps.flatMap(({ part }) => part.pids);
  await repeat(WARM_UP, clients, create);
  const cpu = [cpuSeconds([apiPid]), cpuSeconds(hookPids)] as const;
  const begin = performance.now();
  const times = await repeat(requests, clients, create);
  const seconds = (performance.now() - begin) / 1000;
  const perThousand = (spent: number): number => (spent * 1000) / requests;
  return {
    p50: at(times, 0.5),
    p99: at(times, 0.99),
    rate: requests / seconds,
    apiCpu: perThousand(cpuSeconds([apiPid]) - cpu[0]),
    hookCpu: perThousand(cpuSeconds(hookPids) - cpu[1]),
    apiMemory: memoryMiB([apiPid]),
    hookMemory: memoryMiB(hookPids),
  };
}

/** Repeats the work so often, by that many clients at once; gives the results in ascending order. */
export async function repeat(
  times: number,
  clients: number,
  once: (index: number, client: number) => Promise<number>,
): Promise<readonly number[]> {
  const given: number[] = [];
  let next = 0;
  const run = async (client: number): Promise<void> => {
    while (next < times) given.push(await once(next++, client));
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => run(client)));
  return given.sort((a, b) => a - b);
}
