import type { Signal } from '../../signals/signal.ts';
import { sentence } from '../../source/text.ts';
import { rowOf, widthsOf } from '../layout/grid.ts';
import { painter } from '../layout/paint.ts';
import { hang } from '../layout/wrap.ts';
import type { Style } from '../result.ts';
import type { Listed } from './listed.ts';

const HEADERS = ['SIGNAL', 'CATEGORY', 'WEIGHT', 'WHAT IT IS'] as const;
const WEIGHT = HEADERS.indexOf('WEIGHT');

/**
 * `-o table` of `cofferdam signals`: one row for each signal; for those that were asked for, also why it matters and what to
 * do.
 */
export function signalsTable({ signals, isNamed }: Listed, { color, width }: Style): string {
  const rows = signals.map(({ id, category, weight, title }) => [id, category, String(weight), title]);
  const widths = widthsOf([HEADERS, ...rows]);
  const lines = [painter(color).head(rowOf(HEADERS, widths, [WEIGHT]))];
  signals.forEach((signal, i) => {
    lines.push(rowOf(rows[i] ?? [], widths, [WEIGHT]), ...(isNamed ? detailsOf(signal, width) : []));
  });
  return `${lines.join('\n')}\n`;
}

const detailsOf = ({ reason, fix, source }: Signal, width: number): string[] => [
  ...hang('  Why: ', sentence(reason), width),
  ...hang('  Fix: ', sentence(fix), width),
  `  See: ${source}`,
];
