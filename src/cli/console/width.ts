import type { CliIo } from './io.ts';

/** Narrower terminals count as this wide, as tables would otherwise be columns of single words. */
const LEAST = 40;

/**
 * Columns of what is read on a terminal: COLUMNS, which a user may set, or those of the terminal itself, since shells seldom
 * export it. Undefined where there is neither, as in a pipe.
 */
export function widthOf({ env, columns }: Pick<CliIo, 'env' | 'columns'>): number | undefined {
  const width = [Number(env.COLUMNS), columns].find(one => Number.isInteger(one) && Number(one) > 0);
  return width === undefined ? undefined : Math.max(LEAST, width);
}
