import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { type Contexts, evaluate, filledIn } from './expression.ts';

/** A workflow takes the action from this checkout. */
export const ACTION = resolve(import.meta.dirname, '../..');

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly 'continue-on-error'?: boolean;
}

export interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly description: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, { readonly permissions?: object; readonly steps: readonly Step[] }>>;
}

export interface GitlabJob {
  readonly variables: Readonly<Record<string, string | number>>;
  readonly before_script: readonly string[];
  readonly script: readonly string[];
  readonly artifacts: {
    readonly paths: readonly string[];
    readonly reports: Readonly<Record<string, string>>;
  };
}

export const readYaml = <T>(path: string): T => parse(readFileSync(resolve(ACTION, path), 'utf8')) as T;

/** A machine of GitHub's that runs one job. */
export interface Runner {
  /** The folder with the repository that is reviewed. */
  readonly workspace: string;
  /** The folder for files that belong to no repository. */
  readonly temp: string;
  readonly env: Readonly<Record<string, string>>;
  readonly github: object;
}

export interface Played {
  readonly ok: boolean;
  /** The output of the job, step after step, as its page shows it. */
  readonly log: string;
  readonly summary: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** The calls of other actions, all of which are GitHub's own here. */
  readonly called: readonly { readonly action: string; readonly with: Readonly<Record<string, string>> }[];
}

/** Plays the steps of this repository's composite action as a runner does, with a real shell. */
export async function playAction(runner: Runner, given: Readonly<Record<string, string>>): Promise<Played> {
  const action = readYaml<Action>('action.yml');
  const unknown = Object.keys(given).find(name => !(name in action.inputs));
  if (unknown) throw new Error(`action.yml has no input ${unknown}`);
  const defaults = Object.entries(action.inputs).map(([name, { default: text = '' }]) => [name, text]);
  const base = { github: runner.github };
  const inputs = Object.fromEntries([...defaults, ...Object.entries(given)]);
  for (const name of Object.keys(inputs)) inputs[name] = filledIn(inputs[name], base);

  const steps: Record<string, { outputs: Record<string, string> }> = {};
  const contexts: Contexts = { ...base, inputs, steps };
  const summary = join(runner.temp, 'summary');
  const called: { action: string; with: Record<string, string> }[] = [];
  let log = '';
  let ok = true;
  for (const step of action.runs.steps) {
    if (!ok || (step.if !== undefined && !evaluate(step.if, contexts))) continue;
    if (step.uses) {
      called.push({ action: step.uses, with: filledInAll(step.with ?? {}, contexts) });
      continue;
    }
    const ran = await runStep(step, runner, filledInAll(step.env ?? {}, contexts), summary);
    log += ran.log;
    if (step.id) steps[step.id] = { outputs: ran.outputs };
    ok = ran.code === 0 || step['continue-on-error'] === true;
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [
    name,
    filledIn(value, contexts),
  ]);
  return {
    ok,
    log,
    summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '',
    outputs: Object.fromEntries(outputs),
    called,
  };
}

const filledInAll = (values: NonNullable<Step['with']>, contexts: Contexts): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, filledIn(String(value), contexts)]),
  );

async function runStep(
  { run = '', shell }: Step,
  runner: Runner,
  env: Readonly<Record<string, string>>,
  summary: string,
): Promise<{ readonly code: number; readonly log: string; readonly outputs: Record<string, string> }> {
  if (shell !== 'bash') throw new Error(`a step for the shell ${shell}`);
  const output = join(runner.temp, 'output');
  writeFileSync(output, '');
  const { code, log } = await shellRun(run, runner.workspace, {
    ...runner.env,
    RUNNER_TEMP: runner.temp,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: summary,
    ...env,
  });
  const pairs = readFileSync(output, 'utf8')
    .split('\n')
    .flatMap(line => (line === '' ? [] : [[line.replace(/=.*/, ''), line.replace(/^[^=]*=/, '')]]));
  return { code, log, outputs: Object.fromEntries(pairs) };
}

let times = 0;

/** Runs bash with the options of a runner; gives the output of both streams in the order in which it comes. */
export async function shellRun(
  script: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly code: number; readonly log: string }> {
  const place = join(env.RUNNER_TEMP ?? folder, `script-${times++}`);
  mkdirSync(place);
  writeFileSync(join(place, 'script.sh'), script);
  const log = openSync(join(place, 'log'), 'w');
  const argv = ['--noprofile', '--norc', '-eo', 'pipefail', join(place, 'script.sh')];
  const child = spawn('bash', argv, { cwd: folder, env, stdio: ['ignore', log, log] });
  const code = await new Promise<number>((done, failed) => {
    child.once('error', failed).once('close', status => done(status ?? 1));
  });
  closeSync(log);
  return { code, log: readFileSync(join(place, 'log'), 'utf8') };
}

/**
 * The commands in a log that a runner obeys, such as `error` and `warning`. actions/runner takes any line for one that begins
 * with `::` after blanks, unless commands are stopped.
 */
export function commandsIn(log: string): readonly { readonly name: string; readonly line: string }[] {
  let resume: string | undefined;
  return log.split('\n').flatMap(line => {
    const [, name = '', , text = ''] = /^\s*::([\w-]+)( [^:]*)?::(.*)$/.exec(line) ?? [];
    if (resume !== undefined) {
      if (name === resume) resume = undefined;
      return [];
    }
    if (name === 'stop-commands') resume = text;
    return name === '' || name === 'stop-commands' ? [] : [{ name, line }];
  });
}
