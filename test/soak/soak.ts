import { Agent } from 'node:https';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectApi } from '../bench/cluster/api.ts';
import { startEcho } from '../bench/servers.ts';
import setup from '../scale/setup.ts';
import { ECHOED, MIX } from './cases.ts';
import { churn } from './churn.ts';
import type { Ends } from './ends.ts';
import { Faults, MORTAL } from './faults.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { makeSoakGround, register } from './ground.ts';
import { lives } from './lives.ts';
import { type Load, type LoadOptions, startLoad } from './load.ts';
import type { Outcome } from './outcome.ts';
import type { Plan } from './plan.ts';
import type { Sample } from './sample.ts';
import { sampleAll } from './sampler.ts';
import { startService } from './service.ts';
import { startSteps } from './steps.ts';
import { Tally } from './tally.ts';

/** The replica that lives from the beginning to the end. */
const LASTING = 'a';
/** Reviews a second for each replica, and for the echo. */
const RATE = 20;
const CHANGE_PAUSE_MS = 500;
const LIFE_PAUSE_MS = 200;

const began = performance.now();
const say = (text: string): void => {
  const seconds = ((performance.now() - began) / 1000).toFixed(0).padStart(4);
  process.stderr.write(`${seconds}s  ${text}\n`);
};

/** Runs everything, from an empty control plane to the outcome. */
export async function soak(plan: Plan, ends: Ends): Promise<Outcome> {
  await setup();
  const api = await connectApi();
  ends.push(async () => api.close());
  await makeSoakGround(api);
  // The mortal replica is started first, so that it leads.
  const fleet = await startFleet([MORTAL, LASTING], ends);
  const service = await startService(() => fleet.members.map(({ replica }) => replica.port));
  ends.push(() => service.close());
  await register(api, service.port);

  const tally = new Tally();
  const faults = new Faults();
  const loads = await startLoads(fleet, tally, ends);
  const steps = { lives: lives(api), churn: churn(api) };
  const touched = (since: number): boolean => faults.touched(since);
  ends.push(startSteps(steps.lives, LIFE_PAUSE_MS, tally, touched));
  ends.push(startSteps(steps.churn, CHANGE_PAUSE_MS, tally, touched));
  const samples = await follow(plan, fleet, faults, loads);
  return {
    samples,
    tally,
    least: leastOf(
      plan,
      [...steps.lives, ...steps.churn].map(({ name }) => name),
    ),
  };
}

interface Loads {
  readonly ofReplicas: ReadonlyMap<string, Load>;
  readonly ofEcho: Load;
}

const reviewsOf = (name: string): string => `reviews of ${name}`;
const ECHOES = 'echoes';

async function startLoads(fleet: Fleet, tally: Tally, ends: Ends): Promise<Loads> {
  const echo = await startEcho();
  ends.push(() => echo.stop());
  const begin = (options: Omit<LoadOptions, 'rate'>): Load => {
    const load = startLoad({ ...options, rate: RATE }, tally);
    ends.push(() => load.stop());
    return load;
  };
  const ofReplica = (name: string): Load =>
    begin({ name: reviewsOf(name), cases: MIX, target: () => fleet.member(name) });
  const echoed = { url: new URL(echo.url).origin, agent: new Agent({ keepAlive: true, ca: echo.ca }) };
  ends.push(async () => echoed.agent.destroy());
  return {
    ofReplicas: new Map([LASTING, MORTAL].map(name => [name, ofReplica(name)])),
    ofEcho: begin({ name: ECHOES, cases: [ECHOED], target: () => echoed }),
  };
}

/** Causes the faults of the plan, each in its time, and takes samples until it is over. */
async function follow(
  plan: Plan,
  fleet: Fleet,
  faults: Faults,
  { ofReplicas, ofEcho }: Loads,
): Promise<readonly Sample[]> {
  const runAt = performance.now();
  const until = (seconds: number): Promise<void> =>
    sleep(Math.max(0, runAt + seconds * 1000 - performance.now()));
  const samples: Sample[] = [];
  const sample = async (): Promise<void> => {
    for (let at = plan.sampleEvery; at < plan.seconds; at += plan.sampleEvery) {
      await until(at);
      samples.push(...(await sampleAll(fleet, ofReplicas, ofEcho, runAt)));
    }
  };
  const cause = async (): Promise<void> => {
    for (const { at, what } of plan.faults) {
      await until(at);
      say(`the ${what} is killed`);
      await faults.cause(what, fleet);
      say(`the ${what} is there again`);
    }
  };
  say('two replicas are registered with the API server: the soak begins');
  await Promise.all([sample(), cause()]);
  return samples;
}

/** Expects a quarter of the reviews, as the machine may be busy and a replica takes time to start, and each step once a minute. */
function leastOf({ seconds }: Plan, steps: readonly string[]): ReadonlyMap<string, number> {
  const asked = [reviewsOf(LASTING), reviewsOf(MORTAL), ECHOES];
  return new Map([
    ...asked.map(name => [name, Math.floor((RATE * seconds) / 4)] as const),
    ...steps.map(name => [name, Math.floor(seconds / 60)] as const),
  ]);
}
