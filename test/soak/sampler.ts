import { cpuSeconds } from '../bench/cluster/process.ts';
import { at } from '../bench/load.ts';
import { valueIn } from '../e2e/support/replica.ts';
import { memoryOf, openFiles } from '../scale/serving.ts';
import type { Fleet, Member } from './fleet.ts';
import type { Load } from './load.ts';
import type { Sample } from './sample.ts';

const LAG = 'nodejs_eventloop_lag_p99_seconds ';

/** A sample of each replica that lives; none of one that is killed meanwhile. */
export async function sampleAll(
  fleet: Fleet,
  loads: ReadonlyMap<string, Load>,
  echo: Load,
  runAt: number,
): Promise<readonly Sample[]> {
  const echoTimes = echo.take();
  const samples = await Promise.all(
    fleet.members.map(async member => {
      const figures = await figuresOf(member, loads.get(member.name)?.take() ?? [], echoTimes).catch(
        error => {
          if (fleet.member(member.name) === member) throw error;
          return undefined;
        },
      );
      const now = performance.now();
      const { name: replica, life, since } = member;
      const times = { at: (now - runAt) / 1000, age: (now - since) / 1000 };
      return figures ? [{ replica, life, ...times, figures }] : [];
    }),
  );
  return samples.flat();
}

/** The seconds of processor time at the sample before, and its time (`performance.now`). */
const before = new WeakMap<Member, { readonly cpu: number; readonly at: number }>();

/** The processor time since then, in percent of a core. */
function cpuOf(member: Member): number {
  const now = { cpu: cpuSeconds([member.replica.pid]), at: performance.now() };
  const last = before.get(member);
  before.set(member, now);
  return last ? ((now.cpu - last.cpu) / (now.at - last.at)) * 100_000 : Number.NaN;
}

async function figuresOf(
  member: Member,
  times: readonly number[],
  echoTimes: readonly number[],
): Promise<Sample['figures']> {
  const { replica } = member;
  // The memory is read first, since asking for metrics makes garbage of its own.
  const [memory, files] = [memoryOf(replica.pid).now, openFiles(replica.pid)];
  const cpu = cpuOf(member);
  const lag = valueIn(await replica.metrics(), LAG);
  return {
    ...{ memory, files, cpu, lag: (lag ?? Number.NaN) * 1000 },
    ...{ p50: at(times, 0.5), p99: at(times, 0.99) },
    ...{ echoP50: at(echoTimes, 0.5), echoP99: at(echoTimes, 0.99) },
  };
}
