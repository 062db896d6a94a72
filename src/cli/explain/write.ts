import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { whyNotWritten } from '../../source/files/why-not.ts';
import { Failure } from '../console/failure.ts';

type Disk = Pick<
  typeof fs,
  'access' | 'chmod' | 'chown' | 'realpath' | 'rename' | 'rm' | 'stat' | 'writeFile'
>;

/**
 * Replaces a file as a whole or not at all, so that a reader meanwhile gets the old bytes. A link remains a link, and owner and
 * permissions stay as they were.
 * @throws Failure where the file was not changed
 */
export async function replaceFile(path: string, bytes: Uint8Array, disk: Disk = fs): Promise<void> {
  try {
    const file = await disk.realpath(path);
    // Whoever may write to a folder may replace a read-only file in it, which is not to be changed.
    await disk.access(file, fs.constants.W_OK);
    await replace(file, bytes, disk);
  } catch (error) {
    throw new Failure(
      `cannot write ${path}: ${whyNotWritten(error)}`,
      'Check that the file and its folder can be written to.',
    );
  }
}

async function replace(file: string, bytes: Uint8Array, disk: Disk): Promise<void> {
  const beside = join(dirname(file), `.${basename(file)}.${randomUUID()}`);
  const { mode, uid, gid } = await disk.stat(file);
  try {
    await disk.writeFile(beside, bytes, { flag: 'wx' });
    const isOwners = await disk.chown(beside, uid, gid).then(
      () => true,
      () => false,
    );
    // Replacing another user's file would make it ours, so it is overwritten in place.
    if (!isOwners) return await disk.writeFile(file, bytes);
    await disk.chmod(beside, mode & 0o7777);
    await disk.rename(beside, file);
  } finally {
    await disk.rm(beside, { force: true });
  }
}
