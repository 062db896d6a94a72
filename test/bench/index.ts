/**
 * `npm run bench`: decisions in process, their cost on a large cluster, the command line on one file and on many, the webhook over HTTPS against an echo server in the same run, and memory.
 * Goals that are missed are said. `--check` exits 1 below the floors, which hold on a noisy machine of two
 * cores that the client shares; absolute speeds are printed, never judged, as they are the machine's. `--reviews N` sets how many reviews the memory run sends (default a million).
 * `--cli` is the command line alone. kube-linter runs beside it, from PATH or built where Go is there, and so does npx, but neither with
 * `--check`: CI waits for nobody else's program. kube-linter is ended after a minute.
 */
import process from 'node:process';
import { admissionReview, twoContainerPod } from './body.ts';
import { benchCli, findKubeLinter } from './cli.ts';
import { costText } from './cost.ts';
import { benchDecisions } from './decide.ts';
import { type Load, load, median } from './load.ts';
import { benchPlacement, LARGE, SMALL } from './placement.ts';
import { type Running, startEcho, startWebhook } from './servers.ts';

const ROUNDS = 7;
const REQUESTS = 4_000;
const WARM_UP = 20_000;
const CLIENTS = 16;
const GOALS = { rate: 0.85, p99: 1.5, memory: 130, decisions: 50_000, rules: 20_000 } as const;
const FLOORS = {
  rate: 0.7,
  p99: 2,
  decisions: 0.5,
  rules: 0.15,
  memory: 150,
  growth: 1.1,
  nodes: 3,
} as const;

const pod = twoContainerPod('high');
const review = (uid: string): string => admissionReview(pod, uid);
const missed: string[] = [];
const failures: string[] = [];
const thousands = (rate: number): string => Math.round(rate).toLocaleString('en');
const print = (line = ''): void => void process.stdout.write(`${line}\n`);

const isCheck = process.argv.includes('--check');
if (!process.argv.includes('--cli')) {
  inProcess();
  placement();
}
commandLine();
if (!process.argv.includes('--cli')) await overHttps();

for (const goal of missed) print(`short of the goal: ${goal}`);
for (const failure of failures) print(`FAILED: ${failure}`);
if (isCheck && failures.length > 0) process.exitCode = 1;

function inProcess(): void {
  print('In process, one core: two-container Pod');
  for (const { name, rate, ratio, floor, goal } of benchDecisions(FLOORS, GOALS)) {
    if (ratio < floor) failures.push(`${name}: ${ratio.toFixed(2)} × control (at least ${floor})`);
    if (rate < goal) missed.push(`${name}: ${thousands(rate)} /s`);
    const aim = goal > 0 ? ` (goal ${thousands(goal)})` : '';
    print(
      `  ${name.padEnd(36)} ${thousands(rate).padStart(9)} /s${aim.padEnd(15)}   ${ratio.toFixed(2)} × control`,
    );
  }
}

function placement(): void {
  print(
    `\nPlacement: µs a decision on ${SMALL} nodes, on ${LARGE.toLocaleString('en')}, and their ratio (at most ${FLOORS.nodes})`,
  );
  for (const { name, small, large, ratio } of benchPlacement()) {
    const times = `${ratio.toFixed(2)} × the small cluster`;
    print(`  ${name.padEnd(36)} ${small.toFixed(0).padStart(5)}  ${large.toFixed(0).padStart(5)}   ${times}`);
    if (ratio > FLOORS.nodes) failures.push(`${name}: ${times} (at most ${FLOORS.nodes})`);
  }
}

function commandLine(): void {
  print(
    `\nThe command line${isCheck ? ', on a tenth of the files' : ''}: processor time, time that passed, memory at its peak`,
  );
  const linter = isCheck ? undefined : findKubeLinter();
  if (!isCheck && !linter)
    print('  kube-linter is neither on PATH nor can be built, and does not run beside it');
  for (const row of benchCli(isCheck, linter)) {
    const { name, ours, control, controlName, ratio, most, kubeLinter, goal, isMet } = row;
    const times = `${ratio.toFixed(2)} × ${controlName} (at most ${most})`;
    print(`  ${name.padEnd(22)} ${costText(ours)}   ${times}`);
    print(`    ${controlName.padEnd(20)} ${costText(control)}`);
    if (kubeLinter) print(`    ${'kube-linter'.padEnd(20)} ${costText(kubeLinter)}`);
    if (!isMet) missed.push(`${name}: ${goal}`);
    if (ratio > most) failures.push(`${name}: ${times}`);
  }
}

async function overHttps(): Promise<void> {
  print(
    `\nOver HTTPS, ${CLIENTS} clients, ${ROUNDS} rounds of ${REQUESTS} requests, webhook and echo in turn`,
  );
  const webhook = await startWebhook();
  try {
    const echo = await startEcho();
    try {
      await compare(webhook, echo);
    } finally {
      await echo.stop();
    }
    await memory(webhook, reviews());
  } finally {
    await webhook.stop();
  }
}

async function compare(ours: Running, control: Running): Promise<void> {
  const pairs: [Load, Load][] = [];
  // Both are loaded until they are compiled, so that the following runs are steady.
  for (const server of [ours, control]) await load(server, review, WARM_UP, CLIENTS);
  const cpu = [ours.cpu(), control.cpu()];
  for (let round = 0; round < ROUNDS; round++) {
    const pair: [Load, Load] = [
      await load(ours, review, REQUESTS, CLIENTS),
      await load(control, review, REQUESTS, CLIENTS),
    ];
    pairs.push(pair);
  }
  [ours, control].forEach((server, i) => {
    const { name } = server;
    const spent = (server.cpu() - (cpu[i] as number)) / (ROUNDS * REQUESTS);
    const of = (pick: (run: Load) => number): number => median(pairs.map(pair => pick(pair[i as 0 | 1])));
    print(
      `  ${name.padEnd(14)} ${of(run => run.rate)
        .toFixed(0)
        .padStart(
          6,
        )} /s   p50 ${of(run => run.p50).toFixed(2)} ms   p99 ${of(run => run.p99).toFixed(2)} ms   ${spent.toFixed(0)} µs of processor time a request`,
    );
  });
  const rate = median(pairs.map(([a, b]) => a.rate / b.rate));
  const p99 = median(pairs.map(([a, b]) => a.p99 / b.p99));
  print(
    `  ratio          ${rate.toFixed(2)} of the rate (goal ${GOALS.rate}), ${p99.toFixed(2)} × p99 (goal ${GOALS.p99})`,
  );
  const ofRate = `${rate.toFixed(2)} of the echo server's rate`;
  const timesP99 = `${p99.toFixed(2)} × the echo server's p99`;
  if (rate < GOALS.rate) missed.push(ofRate);
  if (p99 > GOALS.p99) missed.push(timesP99);
  if (rate < FLOORS.rate) failures.push(ofRate);
  if (p99 > FLOORS.p99) failures.push(timesP99);
}

/** Resident memory after each tenth of the run: the highest, and how the last third compares with the one before. */
async function memory(server: Running, count: number): Promise<void> {
  print(`\nMemory over ${count.toLocaleString('en')} reviews`);
  const samples: number[] = [];
  for (let tenth = 0; tenth < 10; tenth++) {
    await load(server, review, Math.ceil(count / 10), CLIENTS);
    samples.push(server.memory());
    print(`  ${((tenth + 1) * 10).toString().padStart(3)} %   ${samples.at(-1)?.toFixed(0)} MiB`);
  }
  const highest = Math.max(...samples);
  const growth = median(samples.slice(6)) / median(samples.slice(3, 6));
  print(
    `  highest ${highest.toFixed(0)} MiB (goal ${GOALS.memory}), last four tenths ${growth.toFixed(2)} × the three before (at most ${FLOORS.growth})`,
  );
  if (highest > GOALS.memory) missed.push(`${highest.toFixed(0)} MiB resident`);
  if (highest > FLOORS.memory) failures.push(`${highest.toFixed(0)} MiB resident`);
  if (growth > FLOORS.growth) failures.push(`memory grows: ${growth.toFixed(2)} ×`);
}

function reviews(): number {
  const at = process.argv.indexOf('--reviews');
  const count = at < 0 ? 1_000_000 : Number(process.argv[at + 1]);
  if (!Number.isInteger(count) || count < 10) throw new Error('--reviews takes a whole number from 10');
  return count;
}
