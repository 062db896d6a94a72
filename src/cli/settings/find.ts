import { lstat, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { isBelow } from '../../source/files/real-path.ts';
import { isThere } from '../../source/is-there.ts';
import { Failure } from '../console/failure.ts';

export const SETTINGS_FILE = '.cofferdam.yaml';

/** Names that somebody may try, but that nothing reads. */
const MISNAMED = ['.cofferdam.yml', '.cofferdam.json'];

/** A file of settings. */
export interface SettingsFile {
  /** The full path. */
  readonly file: string;
  /**
   * The full path of the folder that must contain everything the file names; left out where the file was named on the command
   * line.
   */
  readonly root?: string;
}

/**
 * The nearest file of settings in a folder and in those above it, up to the root of its repository. Outside of a repository,
 * only the folder itself counts, as one above, such as /tmp, may be anybody's.
 * @throws Failure for a file with a similar name, which would be ignored, and for one with this name that is no file of the
 * repository
 */
export async function findSettings(from: string): Promise<SettingsFile | undefined> {
  const root = (await repositoryOf(from)) ?? from;
  for (const folder of upwards(from)) {
    const file = join(folder, SETTINGS_FILE);
    if (await isCalled(file)) {
      await refuseOtherThanFile(file, root, relative(from, file));
      return { file, root };
    }
    for (const name of MISNAMED) {
      const path = join(folder, name);
      if (!(await isThere(path))) continue;
      throw new Failure(`${relative(from, path)} is not read`, `Call it ${SETTINGS_FILE}.`);
    }
    if (folder === root) return undefined;
  }
  return undefined;
}

/**
 * The file of settings that somebody named.
 * @throws Failure for a folder, whose files would all be read
 */
export async function namedSettings(path: string): Promise<SettingsFile> {
  const file = resolve(path);
  const kind = await stat(file).catch(() => undefined);
  if (kind?.isDirectory()) {
    throw new Failure(`${path} is a folder`, `Name a file, such as ${join(path, SETTINGS_FILE)}.`);
  }
  return { file };
}

/** Whether something has this name, even if it is a link that leads nowhere. */
const isCalled = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/**
 * A pull request may make it a link: messages about it would show what a file elsewhere holds. One that leads nowhere would be
 * settings that nobody misses, and a pipe would be waited for without end.
 */
async function refuseOtherThanFile(path: string, root: string, shown: string): Promise<void> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) {
    throw new Failure(
      `${shown} is a link that leads nowhere`,
      'Mend it, or use --no-config, which ignores it.',
    );
  }
  if (!isBelow(real, await realpath(root))) {
    throw new Failure(
      `${shown} is a link that leads out of the repository`,
      'Put the file itself there, or name it with --config if you vouch for it.',
    );
  }
  if (!(await stat(real)).isFile()) {
    throw new Failure(`${shown} is no file`, 'Take it away, or use --no-config, which ignores it.');
  }
}

/** The folder that contains `.git`, which is a folder, or, in a worktree or submodule, a file. */
async function repositoryOf(from: string): Promise<string | undefined> {
  for (const folder of upwards(from)) if (await isThere(join(folder, '.git'))) return folder;
  return undefined;
}

function* upwards(from: string): Generator<string> {
  let folder = from;
  for (;;) {
    yield folder;
    const above = dirname(folder);
    if (above === folder) return;
    folder = above;
  }
}
