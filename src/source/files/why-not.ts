import type { Problem } from '../document.ts';
import { reasonOf } from '../reason.ts';

/** Why a path that leads nowhere cannot be read. */
export const NO_SUCH_FILE = 'no such file or folder';

/** What was found and what to do, by the code of the error (errno(3)). */
const REASONS: Readonly<Record<string, readonly [found: string, fix: string]>> = {
  ENOENT: [NO_SUCH_FILE, 'Check the path.'],
  EACCES: ['permission denied', 'Run it as somebody who may read it.'],
  EPERM: ['permission denied', 'Run it as somebody who may read it.'],
  ENOTDIR: ['no such file or folder: a part of the path is a file', 'Check the path.'],
  ELOOP: ['a link that leads back to itself', 'Mend the link, or remove it.'],
  ENAMETOOLONG: ['a name that is too long for this system', 'Check the path.'],
  EISDIR: ['a folder, expected a file', 'Name a file.'],
  ENXIO: ['a socket or device, expected a file or folder', 'Name a file or folder.'],
};

/** Why a file could not be written, by the same codes. */
const NOT_WRITTEN: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of the path is a file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EEXIST: 'something is there already',
  EISDIR: 'it is a folder',
  EROFS: 'nothing can be written there',
  ENOSPC: 'there is no room left',
  ENAMETOOLONG: 'the name is too long for this system',
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** Why a file was not read, in words, or, where there are none, as the error puts it. */
export const whyNotRead = (error: unknown): string => REASONS[codeOf(error)]?.[0] ?? reasonOf(error);

/** Why a file was not written, in words, or, where there are none, as the system puts it. */
export const whyNotWritten = (error: unknown): string => NOT_WRITTEN[codeOf(error)] ?? codeOf(error);

/** What to do about a file that could not be written. */
export const toWrite = (error: unknown): string =>
  codeOf(error) === 'EISDIR' ? 'Name a file in it.' : 'Check that its folder exists and can be written to.';

/** @param path the path as it is shown */
export function unreadable(path: string, error: unknown): Problem {
  const code = codeOf(error);
  const [message, fix] = REASONS[code] ?? [`cannot be read: ${code}`, 'Check the path.'];
  return failing(path, message, fix);
}

export const failing = (file: string, message: string, fix: string): Problem => ({
  severity: 'error',
  position: { file },
  path: '',
  message,
  fix,
});
