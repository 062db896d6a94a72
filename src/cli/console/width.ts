import type { CliIo } from './io.ts';

/** The least width: on a narrower terminal, tables would be columns of single words. */
const LEAST = 40;

/**
 * The width in columns for a terminal: COLUMNS, which a user may set, or that of the terminal itself, since shells seldom
 * export it. Undefined where there is neither, as in a pipe.
 */
export function widthOf({ env, columns }: Pick<CliIo, 'env' | 'columns'>): number | undefined {
  const width = [Number(env.COLUMNS), columns].find(one => Number.isInteger(one) && Number(one) > 0);
  return width === undefined ? undefined : Math.max(LEAST, width);
}
