import { columns, fill } from './wrap.ts';

type Cells = readonly string[];
const asIs = (text: string): string => text;

/** The width of each column: that of its widest cell. */
export const widthsOf = (rows: readonly Cells[]): number[] =>
  (rows[0] ?? []).map((_, i) => rows.reduce((widest, cells) => Math.max(widest, columns(cells[i] ?? '')), 0));

/**
 * One line of a table.
 * @param numbers indices of the cells that are aligned to the right
 * @param paintFirst colours the first cell, without the spaces after it
 */
export function rowOf(
  cells: Cells,
  widths: readonly number[],
  numbers: readonly number[],
  paintFirst = asIs,
): string {
  return cells
    .map((cell, i) => {
      const blanks = fill(cell, widths[i] ?? 0);
      if (numbers.includes(i)) return `${blanks}${cell}`;
      return `${i === 0 ? paintFirst(cell) : cell}${blanks}`;
    })
    .join('  ')
    .trimEnd();
}
