import { lstat, realpath } from 'node:fs/promises';
import { posix } from 'node:path';
import { isBelow } from '../../source/files/real-path.ts';
import { Failure } from '../console/failure.ts';

/**
 * Checks that each of these files would be below the folder where the command runs, wherever links lead.
 * @param paths relative, with `/` between their parts
 * @throws Failure for a link that leads out of it, or to something that does not exist, where a folder could be made later on
 */
export async function checkLinks(paths: readonly string[]): Promise<void> {
  const here = await realpath('.');
  const folders = new Set(paths.flatMap(foldersOf));
  for (const folder of folders) {
    if (!(await isLink(folder))) continue;
    const real = await realpath(folder).catch(() => undefined);
    if (real !== undefined && isBelow(real, here)) continue;
    const where = real === undefined ? 'that leads nowhere' : 'out of this folder';
    throw new Failure(
      `${folder} is a link ${where}, so nothing was written`,
      'Put a folder in its place, name another for the policies, or leave out the file for CI with --ci none.',
    );
  }
}

/** The folders of a file, from the outermost. */
function foldersOf(path: string): readonly string[] {
  const folder = posix.dirname(path);
  return folder === '.' ? [] : [...foldersOf(folder), folder];
}

const isLink = (path: string): Promise<boolean> =>
  lstat(path).then(
    found => found.isSymbolicLink(),
    () => false,
  );
