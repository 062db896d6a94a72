import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import process from 'node:process';
import { isBuiltinPolicy } from '../../policy/builtin.ts';
import { quote } from '../../source/text.ts';
import { Failure } from '../console/failure.ts';
import type { CliIo } from '../console/io.ts';

/** The content of some paths in a revision of git, as files. */
export interface AtRevision {
  readonly paths: readonly string[];
  /** Reports the files by their names in git: `main:policies/edge.yaml`. */
  readonly io: CliIo;
  remove(): Promise<void>;
}

/** How long git may take; a repository of policies is listed in less. */
const GIT_MS = 30_000;
const MOST_BYTES = 64 * 1024 * 1024;

const ELSEWHERE = 'Name what was before by --base-policy instead.';
/** A hint, as a checkout in CI has one commit and no branches. */
const NOT_FETCHED =
  'Check how it is written, and fetch it if this clone lacks it (git fetch --depth=1 origin REVISION; then it is FETCH_HEAD), or name what was before by --base-policy.';
/** A hint, as the first policies of a repository are in no earlier revision. */
const ALL_NEW =
  'Leave --base out where all the policies are new; otherwise, name what was before by --base-policy.';

/**
 * Writes files of a revision into a temporary folder; nothing in the repository is touched.
 * @param paths names of built-in policies are left as they are
 * @throws Failure where git does not know the revision, or the revision has no such file
 */
export async function atRevision(revision: string, paths: readonly string[], io: CliIo): Promise<AtRevision> {
  const outside = 'this folder is in no repository of git';
  const top = (await git(['rev-parse', '--show-toplevel'], outside)).trim();
  const prefix = (await git(['rev-parse', '--show-prefix'], outside)).trim();
  const commit = (
    await git(
      ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`],
      `git knows no revision ${quote(revision)}`,
      { hint: NOT_FETCHED },
    )
  ).trim();
  const folder = await mkdtemp(join(tmpdir(), 'cofferdam-diff-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const index = { GIT_INDEX_FILE: join(folder, 'index') };
  const files = join(folder, 'files');
  try {
    await git(['read-tree', commit], `git cannot read ${quote(revision)}`, { env: index });
    for (const path of paths.filter(one => !isBuiltinPolicy(one))) {
      const listed = ['ls-files', '-z', '--full-name', '--error-unmatch', '--', path];
      const names = await git(listed, `${quote(revision)} has no ${path}`, { env: index, hint: ALL_NEW });
      const writing = ['checkout-index', '-z', '--stdin', `--prefix=${files}/`];
      await git(writing, `git cannot write ${path}`, { env: index, cwd: top, input: names });
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    paths: paths.map(path =>
      isBuiltinPolicy(path) ? path : join(files, prefix, relative(process.cwd(), resolve(path))),
    ),
    io: { ...io, err: text => io.err(text.replaceAll(`${files}/`, `${revision}:`)) },
    remove,
  };
}

interface GitOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** What to do if it fails. */
  readonly hint?: string;
}

/** @throws Failure with `failed` where it exits with a code other than 0 */
function git(
  args: readonly string[],
  failed: string,
  { env, cwd, input = '', hint = ELSEWHERE }: GitOptions = {},
): Promise<string> {
  return new Promise((done, failing) => {
    const options = { env: { ...process.env, ...env }, cwd, timeout: GIT_MS, maxBuffer: MOST_BYTES };
    const child = execFile('git', args, options, (error, stdout) => {
      if (!error) return done(stdout);
      const isMissing = 'code' in error && error.code === 'ENOENT';
      failing(isMissing ? new Failure('git is not on PATH', ELSEWHERE) : new Failure(failed, hint));
    });
    child.stdin?.on('error', () => undefined).end(input);
  });
}
