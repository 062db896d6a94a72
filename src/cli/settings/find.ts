import { dirname, join, relative } from 'node:path';
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
 * @throws Failure for a file with a similar name, which would be ignored
 */
export async function findSettings(from: string): Promise<SettingsFile | undefined> {
  const root = (await repositoryOf(from)) ?? from;
  for (const folder of upwards(from)) {
    if (await isThere(join(folder, SETTINGS_FILE))) return { file: join(folder, SETTINGS_FILE), root };
    for (const name of MISNAMED) {
      const path = join(folder, name);
      if (!(await isThere(path))) continue;
      throw new Failure(`${relative(from, path)} is not read`, `Call it ${SETTINGS_FILE}.`);
    }
    if (folder === root) return undefined;
  }
  return undefined;
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
