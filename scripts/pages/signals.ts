import { BOUNDS } from '../../src/signals/bounds.ts';
import { SIGNALS } from '../../src/signals/index.ts';
import type { Category } from '../../src/signals/signal.ts';
import { code, page, table } from './markdown.ts';

const CATEGORIES: readonly (readonly [Category, string])[] = [
  ['breakout', 'Weighs 70 or more and needs at least `vm`, whatever the weights say.'],
  ['exposure', 'Weighs 30 or more and needs at least `app-kernel`, whatever the weights say.'],
  ['hygiene', 'Lapses against the Restricted standard: shown, at most 25 together, and never move a tier.'],
  ['requirement', 'Weighs nothing: bears on where the Pod can run.'],
];

/** The catalogue of signals, by category, in the order of the registry. */
export function signalsPage(): string {
  const sections = CATEGORIES.map(([category, text]) => {
    const rows = SIGNALS.filter(signal => signal.category === category).map(
      ({ id, title, reason, fix, weight, source }) => [
        code(id),
        title,
        ...(category === 'requirement' ? [] : [String(weight)]),
        reason,
        fix,
        `[source](${source})`,
      ],
    );
    const head = ['id', 'what', ...(category === 'requirement' ? [] : ['weight']), 'why', 'fix', ''];
    return `## ${category}\n\n${text}\n\n${table(head, rows)}`;
  });
  return page(
    'Signals',
    'src/signals',
    'A signal is a fact about a Pod that bears on risk or on placement. Weights are the built-in ones; a policy may set others within the bounds of the category.',
    ...sections,
    boundsSection(),
  );
}

function boundsSection(): string {
  const text =
    'No signals: how much of each a request may give a Pod. Judging takes time for each of them, also in the API server, and no Pod that anybody runs comes near: the largest was found among 5,099 public ones. What is over is rejected, and no exemption waives it; of an update only what has grown. Containers are counted together, of every kind.';
  const rows = BOUNDS.map(({ id, what, most, largest }) => [code(id), what, String(most), String(largest)]);
  return `## Bounds\n\n${text}\n\n${table(['id', 'what', 'at most', 'largest found'], rows)}`;
}
