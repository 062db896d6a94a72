import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { type Command, type Cost, costOf, type NoCost, typical } from './cost.ts';
import { definitionsOf, documentsOf, filesOf, type Manifests } from './manifests.ts';
import { savedCluster, savedCrowd } from './snapshots.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/bundle/main.js');
const PLAIN_PARSE = join(import.meta.dirname, 'plain-parse.ts');
const MB = 1_000_000;
/** kube-linter 0.7.6 had not ended after ten minutes on a folder of 100,000 documents. */
const MOST_SECONDS_BESIDE = 60;
const KUBE_LINTER = 'golang.stackrox.io/kube-linter/cmd/kube-linter';

export interface CliRow {
  readonly name: string;
  readonly ours: Cost;
  /** An empty program of Node, or a plain parse of the same files. */
  readonly control: Cost;
  readonly controlName: string;
  /** The processor time as a multiple of the control's, and its limit. */
  readonly ratio: number;
  readonly most: number;
  readonly kubeLinter?: Cost | NoCost;
  /** The goal in words, for when it is missed. */
  readonly goal: string;
  readonly isMet: boolean;
}

interface Task {
  readonly name: string;
  readonly ours: Command;
  /** The folder, where kube-linter can read it. */
  readonly folder?: string;
  readonly control: Command;
  readonly controlName: string;
  readonly most: number;
  readonly rounds: number;
  readonly goal: string;
  readonly isMet: (ours: Cost, control: Cost, kubeLinter: Cost | NoCost | undefined) => boolean;
}

/**
 * What `review` takes on one file and on many, and `diff` and `suggest` on what was saved of a cluster, in processor time beside a control in the same rounds: what else runs on the
 * machine slows both.
 * @param isShort a tenth of the files, for CI
 * @param kubeLinter its program, to be run beside
 */
export function* benchCli(isShort: boolean, kubeLinter: string | undefined): Generator<CliRow> {
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-cli-'));
  try {
    for (const task of tasksIn(folder, isShort ? 10 : 1)) yield measure(task, folder, kubeLinter);
    if (!isShort) yield measure(byNpx(folder), folder, undefined);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function* tasksIn(folder: string, part: number): Generator<Task> {
  const one = filesOf(join(folder, 'one'), 1);
  const empty = join(folder, 'empty.mjs');
  writeFileSync(empty, '');
  yield {
    name: 'one file',
    ...reviewOf(join(one.folder, '0000.yaml')),
    control: nodeWith(empty),
    controlName: 'empty Node',
    most: 10,
    rounds: 9,
    goal: '0.15 s over an empty Node',
    isMet: (ours, control) => ours.seconds - control.seconds <= 0.15,
  };
  const parsed = (name: string, { folder: path, bytes }: Manifests) => ({
    name: `${name}, ${(bytes / MB).toFixed(1)} MB`,
    ...reviewOf(path),
    control: nodeWith(PLAIN_PARSE, path),
    controlName: 'plain parse',
    rounds: part > 1 ? 3 : 1,
  });
  yield {
    ...parsed(`${2000 / part} files`, filesOf(join(folder, 'files'), 2000 / part)),
    most: 1.5,
    goal: "twice kube-linter's time, 200 MiB",
    isMet: (ours, _, other) =>
      ours.mebibytes <= 200 && (!other || 'why' in other || ours.seconds <= 2 * other.seconds),
  };
  yield {
    ...parsed('definitions', definitionsOf(join(folder, 'definitions'), (43 * MB) / part)),
    most: 0.5,
    goal: 'a quarter of a plain parse, as no tree is made',
    isMet: (ours, control) => ours.cpuSeconds <= control.cpuSeconds / 4,
  };
  yield {
    ...parsed(`${100_000 / part} documents`, documentsOf(join(folder, 'documents'), 100_000 / part)),
    most: 0.6,
    goal: '100,000 documents in 10 s and 500 MiB',
    isMet: ours => ours.seconds * part <= 10 && ours.mebibytes <= 500,
  };
  yield* ofSnapshots(folder, part);
}

const nodeWith = (...argv: readonly string[]): Command => ({ argv: [process.execPath, ...argv] });
const ours = (...argv: readonly string[]): Command => nodeWith(MAIN, ...argv);
const reviewOf = (path: string) => ({ ours: ours('review', path), folder: path });

/**
 * npx takes longer to find a program than most programs take to run: for one of the checkout's own, it reads all that is
 * installed there. So it is compared with itself, which finds the same and then runs nothing.
 */
function byNpx(folder: string): Task {
  const empty = join(folder, 'empty.mjs');
  const env = {
    // npx links the programs that it runs there.
    npm_config_cache: join(folder, 'npm'),
    // npm neither builds anything anew, nor looks for it elsewhere.
    npm_config_ignore_scripts: 'true',
    npm_config_offline: 'true',
    EMPTY: empty,
  };
  const npx = (...argv: readonly string[]): Command => ({
    argv: ['npx', '--no-install', ...argv],
    ...{ cwd: ROOT, env },
  });
  return {
    name: 'one file, by npx',
    ours: npx('cofferdam', 'review', join(folder, 'one', '0000.yaml')),
    control: npx('--package', '.', '-c', 'node "$EMPTY"'),
    controlName: 'npx, empty Node',
    most: 2,
    rounds: 9,
    goal: '0.15 s over npx and an empty Node',
    isMet: (ours, control) => ours.seconds - control.seconds <= 0.15,
  };
}

/** The commands should take less than a minute; the control reads the same file. */
function* ofSnapshots(folder: string, part: number): Generator<Task> {
  const [cluster, crowd, parse] = ['cluster.json', 'crowd.json', 'parse.mjs'].map(name =>
    join(folder, name),
  ) as [string, string, string];
  writeFileSync(
    parse,
    "import { readFileSync } from 'node:fs';\nJSON.parse(readFileSync(process.argv[2], 'utf8'));\n",
  );
  const task = (command: string, file: string, bytes: number, pods: number, most: number) => ({
    name: `${command}, ${pods} Pods${file === crowd ? ' in one namespace' : ''}, ${(bytes / MB).toFixed(1)} MB`,
    ours: ours(command, '--snapshot', file, '--policy', 'strict'),
    control: nodeWith(parse, file),
    controlName: 'plain JSON.parse',
    most,
    rounds: 1,
    goal: 'a minute, and a GiB',
    isMet: (ours: Cost) => ours.seconds * part <= 60 && ours.mebibytes <= 1024,
  });
  const [pods, crowded] = [50_000 / part, 5_000 / part];
  const bytes = savedCluster(cluster, pods);
  yield task('diff', cluster, bytes, pods, 60);
  yield task('suggest', cluster, bytes, pods, 60);
  yield task('suggest', crowd, savedCrowd(crowd, crowded), crowded, 60);
}

function measure(task: Task, scratch: string, kubeLinter: string | undefined): CliRow {
  const { name, folder, controlName, most, goal, rounds } = task;
  const commands: readonly Command[] = [
    task.ours,
    task.control,
    ...(kubeLinter === undefined || folder === undefined
      ? []
      : [{ argv: [kubeLinter, 'lint', folder], mostSeconds: MOST_SECONDS_BESIDE }]),
  ];
  // The first run is for Node to compile, and for the machine to read from its disk.
  const costs = commands.map(() => [] as (Cost | NoCost)[]);
  for (let round = -1; round < rounds; round++) {
    commands.forEach((command, i) => {
      const cost = costOf(command, scratch);
      if (round >= 0 || rounds === 1) costs[i]?.push(cost);
    });
    if (rounds === 1) break;
  }
  const [own, control, beside] = costs.map(typical);
  const [ours, of] = [own, control].map(cost => known(name, cost)) as [Cost, Cost];
  return {
    ...{ name, ours, control: of, controlName, most, goal },
    ratio: ours.cpuSeconds / of.cpuSeconds,
    ...(beside && { kubeLinter: beside }),
    isMet: task.isMet(ours, of, beside),
  };
}

/** Throws where a figure of our own is missing, as nothing can be compared then. */
function known(name: string, cost: Cost | NoCost | undefined): Cost {
  if (!cost || 'why' in cost) throw new Error(`${name}: ${cost?.why}`);
  return cost;
}

/** kube-linter, from PATH or built with Go into the cache; undefined where there is neither, which Go says why. */
export function findKubeLinter(): string | undefined {
  const found = spawnSync('kube-linter', ['version'], { encoding: 'utf8' });
  if (!found.error) return 'kube-linter';
  const cache =
    process.env.TEST_COFFERDAM_CACHE ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'cofferdam');
  const bin = join(cache, 'bench');
  mkdirSync(bin, { recursive: true });
  const env = { ...process.env, GOBIN: bin };
  const { status } = spawnSync('go', ['install', `${KUBE_LINTER}@latest`], { env, stdio: 'inherit' });
  return status === 0 ? join(bin, 'kube-linter') : undefined;
}
