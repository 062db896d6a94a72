import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ComposePlace } from '../../input/compose/field.ts';

/** Compose starts relative paths at the folder of its file; what comes by standard input, where the command runs. */
export const composePlace = (file: string): ComposePlace => ({
  folder: file === '-' ? resolve('.') : dirname(resolve(file)),
  realPath,
});

/** Of what is not there yet, the part that is: its last links count all the same. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const above = dirname(path);
    return above === path ? path : resolve(realPath(above), path.slice(above.length).replace(/^\/+/, ''));
  }
}
