import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';

/**
 * Where an absolute path leads by its links. Of what is not there yet, the part that is: its last links count all the same.
 */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : resolve(realPath(above), path.slice(above.length).replace(/^\/+/, ''));
  }
}

/** Whether a path is a folder, or lies below it, as both are spelt. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
