import { randomUUID } from 'node:crypto';
import { chmod, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { whyNotWritten } from '../../source/why-not.ts';
import { Failure } from '../console/failure.ts';

/**
 * Puts bytes in the place of a file, whole or not at all: whoever reads it meanwhile has the old ones. A link stays one, and
 * who may read and write it stays as it was.
 * @throws Failure where the file stays as it was
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  let beside = '';
  try {
    const file = await realpath(path);
    beside = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
    const { mode } = await stat(file);
    await writeFile(beside, bytes, { flag: 'wx' });
    await chmod(beside, mode & 0o7777);
    await rename(beside, file);
  } catch (error) {
    if (beside !== '') await rm(beside, { force: true });
    throw new Failure(
      `cannot write ${path}: ${whyNotWritten(error)}`,
      'Check that the file and its folder can be written to.',
    );
  }
}
