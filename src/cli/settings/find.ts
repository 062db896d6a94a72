import { dirname, join, relative } from 'node:path';
import { isThere } from '../../source/is-there.ts';
import { Failure } from '../console/failure.ts';

export const SETTINGS_FILE = '.cofferdam.yaml';

/** Keys that somebody may try, but that nothing reads. */
const MISNAMED = ['.cofferdam.yml', '.cofferdam.json'];

/** A file of settings. */
export interface SettingsFile {
  /** Full path. */
  readonly file: string;
  /** Full path of the folder that what it names has to be in; left out where somebody named it on the command line. */
  readonly root?: string;
}

/**
 * The nearest file of settings in a folder and in those above it, up to the root of its repository. In no repository, the
 * folder alone: one above, such as /tmp, may be anybody's.
 * @throws Failure for one by another name, which would be passed over
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

/** The folder with `.git`: a folder, or, in a worktree and a submodule, a file. */
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
