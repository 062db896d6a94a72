import { fits } from '../../../decision/place.ts';
import type { Isolation } from '../../../profiles/isolation.ts';
import type { Reviewed } from '../../result.ts';
import { objectionSentence } from '../../words/objection.ts';
import { PLACE_WORDS } from '../data.ts';
import { glyph } from '../glyphs.ts';
import { html, type Markup, NOTHING } from '../markup.ts';

/** How many reasons are listed for one sandbox. */
const MOST_REASONS = 6;

interface Tally {
  isolation: Isolation;
  chosen: number;
  fit: number;
  unfit: number;
  readonly reasons: Map<string, number>;
}

/** For each sandbox, for how many objects it was chosen, would do or would not, and why not. */
export function whyNot(
  columns: readonly string[],
  items: readonly { readonly result: Reviewed; readonly count: number }[],
): Markup {
  const tallies = columns.flatMap(name => {
    const tally = tallyOf(name, items);
    return tally ? [html`${row(name, tally)}`] : [];
  });
  if (tallies.length === 0) return NOTHING;
  return html`<section class="card why-not"><h2>Sandboxes, and why not</h2><p class="quiet">Of what needs one, or names one.</p><div class="sandboxes">${tallies}</div></section>`;
}

function tallyOf(
  name: string,
  items: readonly { readonly result: Reviewed; readonly count: number }[],
): Tally | undefined {
  let tally: Tally | undefined;
  for (const { result, count } of items) {
    const step = result.decision.placement.find(({ runtimeClass }) => runtimeClass === name);
    if (!step) continue;
    tally ??= { isolation: step.isolation, chosen: 0, fit: 0, unfit: 0, reasons: new Map() };
    if (step.chosen) tally.chosen += count;
    else if (fits(step)) tally.fit += count;
    else tally.unfit += count;
    if (fits(step)) continue;
    const reasons = step.objections.map(one => shared(objectionSentence(one, step, result.decision)));
    for (const reason of new Set(reasons))
      tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + count);
  }
  return tally;
}

/** A label or a path of one object would make as many reasons as there are objects. */
const shared = (sentence: string): string => sentence.replace(/ \(label .*\)$/, '');

function row(name: string, { isolation, chosen, fit, unfit, reasons }: Tally): Markup {
  const sorted = [...reasons].toSorted(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
  const more = sorted.length - MOST_REASONS;
  return html`<div class="sandbox"><h3 class="${isolation}">${glyph(isolation)}${name} <span class="quiet">${PLACE_WORDS[isolation]}</span></h3>
<p class="tally"><b>${chosen}</b> in it${fit > 0 ? html` · <b>${fit}</b> would fit` : ''}${unfit > 0 ? html` · <b>${unfit}</b> would not` : ''}</p>
${
  sorted.length > 0
    ? html`<ol class="reasons">${sorted
        .slice(0, MOST_REASONS)
        .map(([reason, number]) => html`<li><span class="number">${number}</span> ${reason}</li>`)}${
        more > 0 ? html`<li class="quiet">and ${more} more reasons</li>` : ''
      }</ol>`
    : NOTHING
}</div>`;
}
