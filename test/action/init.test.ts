import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ACTION, type GitlabJob, type Played, playAction, shellRun, type Workflow } from './play.ts';
import { type Machine, makeMachine, publish } from './repository.ts';

/** Runs what `cofferdam init` writes for CI, each step as its runner runs it. */

/** Programs are started here, which take their time where a machine is busy. */
const AT_MOST = { timeout: 240_000 };

let machine: Machine;
let workspace: string;
beforeEach(() => {
  machine = makeMachine();
  workspace = join(machine.folder, 'workspace');
  mkdirSync(workspace);
});
afterEach(() => machine.remove());

/** Commits what `cofferdam init` and then somebody wrote. */
async function commit(ci: string, folder: string, ...edits: readonly (() => void)[]): Promise<string> {
  execFileSync(process.execPath, [join(ACTION, 'src/main.ts'), 'init', folder, '--ci', ci], {
    cwd: workspace,
    env: machine.env,
    stdio: 'pipe',
  });
  for (const edit of edits) edit();
  await machine.git(workspace, 'init', '--quiet');
  await machine.git(workspace, 'add', '--all');
  await machine.git(workspace, 'commit', '--quiet', '--message', 'all');
  return await machine.git(workspace, 'rev-parse', 'HEAD');
}

/** A policy that asks for less than its cases say. */
const weaken = (folder: string) => () => {
  const file = join(workspace, folder, 'internet-facing.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('payment: 70', 'payment: 10'));
};
const FAILS = '✗ payment data gets a VM';

describe('the workflow for GitHub', AT_MOST, () => {
  async function play(folder: string, ...edits: readonly (() => void)[]): Promise<Played> {
    const sha = await commit('github', folder, ...edits);
    const file = join(workspace, '.github/workflows/cofferdam.yml');
    const { jobs } = parse(readFileSync(file, 'utf8')) as Workflow;
    const [, step] = Object.values(jobs).flatMap(job => job.steps);
    expect(step?.uses).toMatch(/^example\/cofferdam@0+$/);
    const env = {
      ...machine.env,
      GITHUB_ACTION_PATH: ACTION,
      GITHUB_SHA: sha,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'example/shop',
    };
    const given = step?.with as Readonly<Record<string, string>>;
    const runner = { workspace, temp: machine.folder, env, github: { token: 'secret', event: {} } };
    return await playAction(runner, given);
  }

  it('is green', async () => {
    const { ok, log, outputs } = await play('sandboxing');
    expect([ok, outputs['exit-code']]).toEqual([true, '0']);
    expect(log).toContain('9 cases: 9 passed, 0 failed.');
    expect(log).toContain('0 objects judged.');
  });

  it('fails where a policy no longer does what its cases say, and says so first', async () => {
    const { ok, log, outputs, summary } = await play('policies', weaken('policies'));
    expect([ok, outputs['exit-code']]).toEqual([false, '1']);
    expect(log).toContain(FAILS);
    expect(summary).toMatch(/^### ❌ Cofferdam: cases of policies did not pass\n\n {4}\S/);
    expect(summary).toContain(`      ${FAILS}`);
    expect(summary).toContain('### ✅ Cofferdam: ');
  });
});

describe('the job for GitLab', AT_MOST, () => {
  async function run(folder: string, ...edits: readonly (() => void)[]): ReturnType<typeof shellRun> {
    await commit('gitlab', folder, ...edits);
    const file = join(workspace, '.gitlab/cofferdam.yml');
    const { cofferdam: job } = parse(readFileSync(file, 'utf8')) as { readonly cofferdam: GitlabJob };
    const env = { ...machine.env, ...(await publish(machine)), RUNNER_TEMP: machine.folder };
    return await shellRun([...job.before_script, ...job.script].join('\n'), workspace, {
      ...env,
      CI_PROJECT_URL: 'https://git.example/shop',
      CI_COMMIT_SHA: 'c0ffee',
    });
  }

  it('is green', async () => {
    const { code, log } = await run('sandboxing');
    expect(log).toContain('9 cases: 9 passed, 0 failed.');
    expect(log).toContain('0 objects judged.');
    expect(code).toBe(0);
  });

  it('fails where a policy no longer does what its cases say', async () => {
    const { code, log } = await run('policies', weaken('policies'));
    expect(log).toContain(FAILS);
    expect(code).toBe(1);
  });
});
