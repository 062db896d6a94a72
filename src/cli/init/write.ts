import { lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, posix } from 'node:path';
import { isBuiltinPolicy } from '../../policy/builtin.ts';
import { whyNotWritten } from '../../source/files/why-not.ts';
import { isThere } from '../../source/is-there.ts';
import { clean, quote, someOf } from '../../source/text.ts';
import { Failure } from '../console/failure.ts';
import type { FirstFile } from './files.ts';
import { checkLinks } from './links.ts';

/** The form of a folder's name. It is written into YAML and shell scripts, so it may contain no character with a meaning there. */
const PLAIN_FOLDER = /^\.?[a-zA-Z0-9][\w.-]*(\/[a-zA-Z0-9][\w.-]*)*$/;
const MOST_CHARACTERS = 200;

/** Folders whose files for CI would be read as policies, and folders that reviews skip. */
const OF_OTHERS = /^(\.github(\/workflows)?|\.gitlab)$|(^|\/)(\.git|node_modules)(\/|$)/;

/**
 * Checks the folder, and returns it as it is written into files. It has to be new or empty, so that policies of other programs
 * are never read as ours.
 * @throws Failure where it cannot be used
 */
export async function checkFolder(given: string): Promise<string> {
  const folder = posix.normalize(given).replace(/\/$/, '');
  if (folder.length > MOST_CHARACTERS || !PLAIN_FOLDER.test(folder)) {
    throw new Failure(
      `found ${quote(given)}, expected a folder below this one, of letters, digits and "._-"`,
      'Go to the root of the repository, and name a folder there, such as policies.',
    );
  }
  if (OF_OTHERS.test(folder)) {
    throw new Failure(`${folder} is a folder of other programs`, 'Name another folder, such as policies.');
  }
  if (isBuiltinPolicy(folder)) {
    throw new Failure(`${folder} is the name of a built-in policy`, 'Name another folder, such as policies.');
  }
  const found = await lstat(folder).catch(() => undefined);
  if (found && (!found.isDirectory() || (await readdir(folder)).length > 0)) {
    throw new Failure(
      `${folder} is there already${found.isDirectory() ? ', and not empty' : ''}, so nothing was written`,
      'Name a new folder: cofferdam init FOLDER.',
    );
  }
  return folder;
}

/**
 * Writes new files, all of them or none.
 * @throws Failure where one exists, would be in another folder than this, or cannot be written
 */
export async function writeNew(files: readonly FirstFile[]): Promise<void> {
  await checkLinks(files.map(({ path }) => path));
  const taken: string[] = [];
  for (const { path } of files) {
    // A link counts as existing even if it leads nowhere.
    if (await lstat(path).then(Boolean, () => false)) taken.push(path);
  }
  if (taken.length > 0) {
    throw new Failure(
      `${someOf(taken)} ${taken.length === 1 ? 'is' : 'are'} there already, so nothing was written`,
      'Move away what is there, or leave out the file for CI with --ci none.',
    );
  }
  for (const { path, text } of files) {
    try {
      await mkdir(dirname(path), { recursive: true });
      // A file that has been created meanwhile is not overwritten.
      await writeFile(path, text, { flag: 'wx' });
    } catch (error) {
      throw new Failure(
        `cannot write ${path}: ${clean(whyNotWritten(error))}`,
        'Check that this folder can be written to; what was written before it stays.',
      );
    }
  }
}

/** Whether the command runs at the root of a repository, where CI looks for its files. */
export const isRoot = (): Promise<boolean> => isThere('.git');
