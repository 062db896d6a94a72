import { BOUNDS } from '../../src/signals/bounds.ts';
import { SIGNALS } from '../../src/signals/index.ts';
import type { Category } from '../../src/signals/signal.ts';
import { code, page, table } from './markdown.ts';

const CATEGORIES: readonly (readonly [Category, string])[] = [
  ['breakout', 'A breakout weighs 70 or more and needs at least `vm`, whatever the weights say.'],
  ['exposure', 'An exposure weighs 30 or more and needs at least `app-kernel`, whatever the weights say.'],
  [
    'hygiene',
    'Hygiene is about lapses against the Restricted standard. They are shown, weigh at most 25 together, and never decide which isolation is needed.',
  ],
  ['requirement', 'A requirement weighs nothing. It only bears on where the Pod can run.'],
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
    'A signal is a fact about a Pod that bears on risk or on placement. The weights below are the built-in ones; a policy may set others within the limits of the category.',
    ...sections,
    boundsSection(),
  );
}

function boundsSection(): string {
  const text =
    'Bounds are not signals. They say how much of each thing a request may give a Pod, since judging takes time for each, in the API server, too. No Pod that anybody runs comes near: the last column has the largest of 5,099 public Pods. A request beyond a bound is rejected, and no exemption waives that. An update is rejected only if it goes further beyond one. Containers of every kind are counted together.';
  const rows = BOUNDS.map(({ id, what, most, largest }) => [code(id), what, String(most), String(largest)]);
  return `## Bounds\n\n${text}\n\n${table(['id', 'what', 'at most', 'largest found'], rows)}`;
}
