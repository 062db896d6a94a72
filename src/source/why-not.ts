import type { Problem } from './document.ts';

/** Why a path cannot be read that leads nowhere. */
export const NO_SUCH_FILE = 'no such file or folder';

/** What is there and what to do, by the code of the error (errno(3)). */
const REASONS: Readonly<Record<string, readonly [found: string, fix: string]>> = {
  ENOENT: [NO_SUCH_FILE, 'Check the path.'],
  EACCES: ['permission denied', 'Run it as somebody who may read it.'],
  EPERM: ['permission denied', 'Run it as somebody who may read it.'],
  ENOTDIR: ['no such file or folder: a part of the path is a file', 'Check the path.'],
  ELOOP: ['a link that leads back to itself', 'Mend the link, or remove it.'],
  ENAMETOOLONG: ['a name that is too long for this system', 'Check the path.'],
  ENXIO: ['a socket or device, expected a file or folder', 'Name a file or folder.'],
};

/** @param path as it is shown */
export function unreadable(path: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
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
