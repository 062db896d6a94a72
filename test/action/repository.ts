import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

const ROOT = resolve(import.meta.dirname, '../..');
const FILES = resolve(import.meta.dirname, 'repository');
/** The cache of what Node compiles of the sources, shared by all programs that tests start. */
const COMPILED = join(ROOT, 'node_modules/.cache/cofferdam');

/** A folder without anybody's settings of git, with the programs that CI's machines have. */
export interface Machine {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  git(where: string, ...argv: readonly string[]): Promise<string>;
  remove(): void;
}

/** The output of `helm template shop charts/shop` with Helm 3, for the chart in repository/. */
const RENDERED = `---
# Source: shop/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  namespace: shop
spec:
  replicas: 2
  selector:
    matchLabels: {app: shop}
  template:
    metadata:
      labels: {app: shop}
    spec:
      containers:
        - name: shop
          image: registry.example/shop:1.4
`;

export function makeMachine(): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'cofferdam-action-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync(process.execPath, join(bin, 'node'));
  // A machine may have any version of Helm. The tests are about the review of its output, not about Helm.
  program(join(bin, 'helm'), `cat <<'E'\n${RENDERED}E\n`);
  const env = {
    PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`,
    HOME: folder,
    NO_COLOR: '1',
    NODE_COMPILE_CACHE: COMPILED,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
    // Names sort by their bytes, whatever the locale of the machine is.
    LC_ALL: 'C.UTF-8',
  };
  return {
    folder,
    env,
    git: async (where, ...argv) => {
      const { stdout } = await promisify(execFile)('git', ['-C', where, ...argv], { env });
      return stdout.trim();
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

export function program(file: string, script: string): void {
  writeFileSync(file, `#!/bin/sh\n${script}`);
  chmodSync(file, 0o755);
}

export interface PullRequest {
  /** The checkout that actions/checkout makes with fetch-depth 2: GitHub's merge of the base and the change. */
  readonly workspace: string;
  /** The repository that the checkout was fetched from. */
  readonly origin: string;
  readonly base: string;
  readonly merge: string;
}

/** Makes a repository whose main branch is repository/base, and the pull request of repository/change to it. */
export async function makePullRequest({ folder, git }: Machine): Promise<PullRequest> {
  const origin = join(folder, 'origin');
  cpSync(join(FILES, 'base'), origin, { recursive: true });
  const commit = async (message: string): Promise<void> => {
    await git(origin, 'add', '--all');
    await git(origin, 'commit', '--quiet', '--message', message);
  };
  await git(origin, 'init', '--quiet', '--initial-branch', 'main');
  await commit('base');
  await git(origin, 'switch', '--quiet', '--create', 'change');
  cpSync(join(FILES, 'change'), origin, { recursive: true });
  await commit('change');
  await git(origin, 'switch', '--quiet', '--detach', 'main');
  await git(origin, 'merge', '--quiet', '--no-ff', '--message', 'merge', 'change');
  const [base = '', merge = ''] = (await git(origin, 'rev-parse', 'main', 'HEAD')).split('\n');
  await git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  const workspace = join(folder, 'workspace');
  await checkOut({ folder, git }, { workspace, origin, base, merge }, 2);
  return { workspace, origin, base, merge };
}

/** Checks out as actions/checkout does. */
export async function checkOut(
  { folder, git }: Pick<Machine, 'folder' | 'git'>,
  { workspace, origin, merge }: PullRequest,
  depth: number,
): Promise<void> {
  await git(folder, 'init', '--quiet', workspace);
  await git(workspace, 'remote', 'add', 'origin', `file://${origin}`);
  await git(workspace, 'fetch', '--quiet', `--depth=${depth}`, 'origin', merge);
  await git(workspace, 'checkout', '--quiet', '--detach', 'FETCH_HEAD');
}

/** Another checkout of it on another machine, made by copying, since programs take long on a busy machine. */
export function copyOf(pull: PullRequest, { folder }: Machine): PullRequest {
  const workspace = join(folder, 'workspace');
  cpSync(pull.workspace, workspace, { recursive: true });
  return { ...pull, workspace };
}

/**
 * Makes a repository with this checkout in it, and an npm that installs what this checkout has installed.
 * @returns the variables by which docs/ci/gitlab.yml finds it
 */
export async function publish({ folder, git }: Machine): Promise<Readonly<Record<string, string>>> {
  const tool = join(folder, 'cofferdam');
  mkdirSync(tool);
  for (const name of ['scripts', 'src', 'policies', 'package.json'])
    symlinkSync(join(ROOT, name), join(tool, name));
  await git(tool, 'init', '--quiet');
  await git(tool, 'add', '--all');
  await git(tool, 'commit', '--quiet', '--message', 'all');
  program(join(folder, 'bin/npm'), 'echo "npm $*"\n');
  return { COFFERDAM: `file://${tool}`, COFFERDAM_COMMIT: await git(tool, 'rev-parse', 'HEAD') };
}
