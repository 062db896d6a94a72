import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACTION, type GitlabJob, readYaml, shellRun } from './play.ts';
import {
  type Machine,
  makeMachine,
  makePullRequest,
  type PullRequest,
  program,
  publish,
} from './repository.ts';

/** The pull request of repository/ where it is none of GitHub's: docs/ci/gitlab.yml and .pre-commit-hooks.yaml. */

const GOLDEN = '../golden/ci';

let machine: Machine;
let pull: PullRequest;
/** Programs are started here, which take their time where a machine is busy. */
const AT_MOST = { timeout: 240_000 };

beforeAll(async () => {
  machine = makeMachine();
  pull = await makePullRequest(machine);
}, AT_MOST.timeout);
afterAll(() => machine.remove());

describe('docs/ci/gitlab.yml', AT_MOST, () => {
  const { cofferdam: job } = readYaml<{ readonly cofferdam: GitlabJob }>('docs/ci/gitlab.yml');

  /** GitLab's runners run all lines in one shell. */
  const run = async (given: Readonly<Record<string, string>>): ReturnType<typeof shellRun> => {
    const variables = Object.entries(job.variables).map(([name, value]) => [name, String(value)]);
    const env = {
      ...Object.fromEntries(variables),
      ...machine.env,
      ...(await publish(machine)),
      ...given,
      RUNNER_TEMP: machine.folder,
    };
    return await shellRun([...job.before_script, ...job.script].join('\n'), pull.workspace, env);
  };

  const written = (file: string): string => readFileSync(join(pull.workspace, file), 'utf8');

  it('says in its log what is rejected and what the change does, and leaves its reports', async () => {
    const { code, log } = await run({
      CI_MERGE_REQUEST_DIFF_BASE_SHA: pull.base,
      CI_PROJECT_URL: 'https://git.example/shop',
      CI_COMMIT_SHA: 'c0ffee',
    });
    expect(code).toBe(1);
    await expect(log).toMatchFileSnapshot(`${GOLDEN}/gitlab-log.txt`);
    const { codequality = '', junit = '' } = job.artifacts.reports;
    await expect(written(codequality)).toMatchFileSnapshot(`${GOLDEN}/gitlab-code-quality.json`);
    await expect(written(junit)).toMatchFileSnapshot(`${GOLDEN}/gitlab-junit.xml`);
    for (const path of job.artifacts.paths)
      expect(written(path)).toContain(
        '[`deploy/previews.yaml:2`](https://git.example/shop/-/blob/c0ffee/deploy/previews.yaml#L2)',
      );
  });
});

describe('the hook of pre-commit', AT_MOST, () => {
  interface Hook {
    readonly entry: string;
    readonly args: readonly string[];
  }
  const [hook] = readYaml<readonly [Hook]>('.pre-commit-hooks.yaml');
  const { repos } = readYaml<{ repos: readonly [{ hooks: readonly [{ args: readonly string[] }] }] }>(
    'docs/ci/pre-commit.yaml',
  );

  /** Runs the hook as pre-commit does, in the root of the repository, with no names of files. */
  const run = (args: readonly string[]): ReturnType<typeof shellRun> => {
    program(join(machine.folder, 'bin/cofferdam'), `exec node '${ACTION}/src/main.ts' "$@"\n`);
    return shellRun([hook.entry, ...args].join(' '), pull.workspace, {
      ...machine.env,
      RUNNER_TEMP: machine.folder,
    });
  };

  it('says of the whole repository what is rejected', async () => {
    const { code, log } = await run(repos[0].hooks[0].args);
    expect(code).toBe(1);
    await expect(log).toMatchFileSnapshot(`${GOLDEN}/pre-commit.txt`);
  });

  it('takes a repository as it is where nobody says more: what is no manifest is passed over', async () => {
    rmSync(join(pull.workspace, 'deploy/api.yaml'));
    const { code, log } = await run(hook.args);
    expect([code, log]).toEqual([0, expect.stringContaining('charts/shop')]);
  });
});
