import { signalById } from '../../../signals/index.ts';
import type { Category } from '../../../signals/signal.ts';
import type { Reviewed } from '../../result.ts';
import { html, type Markup, NOTHING } from '../markup.ts';
import { percent } from './bar.ts';

const CATEGORIES: readonly (readonly [Category, string])[] = [
  ['breakout', 'needs at least a VM'],
  ['exposure', 'needs at least an application kernel'],
  ['requirement', 'bears on where it can run'],
  ['hygiene', 'shown, never asks for a sandbox'],
];

/** What was found, one row for each signal, by category; without what is exempt everywhere. */
export function found(
  items: readonly { readonly result: Reviewed; readonly count: number }[],
  unit: string,
): Markup {
  const counts = new Map<string, number>();
  for (const { result, count } of items) {
    const signals = result.decision.findings.flatMap(({ signal, waivedBy }) =>
      waivedBy === undefined ? [signal] : [],
    );
    for (const signal of new Set(signals)) counts.set(signal, (counts.get(signal) ?? 0) + count);
  }
  if (counts.size === 0) return NOTHING;
  const most = Math.max(...counts.values());
  const parts = CATEGORIES.map(([category, meaning]) => {
    const rows = [...counts]
      .filter(([id]) => signalById.get(id)?.category === category)
      .toSorted(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
    if (rows.length === 0) return NOTHING;
    const list = html`<ol class="signals">${rows.map(([id, number]) => signalRow(id, number, most, category))}</ol>`;
    const title = html`<b>${category}</b> <span class="quiet">${meaning}</span>`;
    // Nearly everybody has some, and it moves nothing.
    return category === 'hygiene'
      ? html`<details class="more"><summary>${title}</summary>${list}</details>`
      : html`<h3>${title}</h3>${list}`;
  });
  return html`<section class="card found"><h2>What was found</h2><p class="quiet">${unit} in which it is.</p>${parts}</section>`;
}

const signalRow = (id: string, number: number, most: number, category: string): Markup =>
  html`<li><a href="#signal=${id}">${signalById.get(id)?.title ?? id}</a><svg class="share" width="100%" height="8" aria-hidden="true"><rect class="fill ${category}" height="100%" width="${percent((100 * number) / most)}"/></svg><span class="number">${number}</span></li>`;
