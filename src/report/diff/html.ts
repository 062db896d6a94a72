import { clean, count, quote } from '../../source/text.ts';
import { attention, type Notice } from '../html/attention.ts';
import { countMoves, flow } from '../html/charts/flow.ts';
import { documentOf } from '../html/document.ts';
import { problemList, sentences } from '../html/footer.ts';
import type { Item } from '../html/items.ts';
import { type Markup, html as markup, NOTHING } from '../html/markup.ts';
import { verdictPlaceOf } from '../html/places.ts';
import { dataOf, leftWords } from '../html/rows.ts';
import { cpuText, memoryText } from '../review/cluster/cost.ts';
import { ownerName } from '../review/cluster/groups.ts';
import { apartWords, placesApart } from '../words/apart.ts';
import { assumedSentence } from '../words/assumed.ts';
import { fixSentence } from '../words/fix.ts';
import { whySentence } from '../words/notes.ts';
import {
  type Change,
  changeWords,
  costsOf,
  type Difference,
  FATES,
  type Fate,
  sumsOf,
  whereOf,
} from './change.ts';
import { policiesSentence } from './policies.ts';
import { fixWords, waitingWords } from './why.ts';

/** `-o html`: first what hurts, then what moves from where to where, and every change with both sides. */
export function html(difference: Difference): string {
  const { changes, pairs, cluster, problems, version, assumed, outOfScope } = difference;
  const apart = placesApart(pairs.map(({ after }) => after));
  const unit = cluster ? 'Pod' : 'object';
  const judged = cluster ? pairs.filter(({ after }) => after.kind === 'Pod') : pairs;
  const moves = countMoves(
    judged.map(({ before, after }) => [verdictPlaceOf(before), verdictPlaceOf(after)]),
  );
  return documentOf({
    kind: 'Diff',
    headline: headlineOf(difference),
    version,
    overview: markup`<p class="lead">${leadOf(difference, judged.length, unit)}</p>
${changes.length > 0 ? flow(moves) : NOTHING}
<div class="cards">
${hurting(difference, 'rejected', 'Newly rejected', apart)}
${hurting(difference, 'weaker', 'Less isolated', apart)}
${hurting(difference, 'waiting', 'Would wait', apart)}
${changes.length > 0 ? sums(difference, unit) : NOTHING}
${overhead(difference)}
</div>
${problemList('Not judged as it stands', problems)}`,
    footer: sentences([
      ...[policiesSentence(difference)].filter(text => text !== ''),
      ...(assumed && assumedSentence(assumed) !== '' ? [assumedSentence(assumed)] : []),
      ...(outOfScope > 0
        ? [`${count(outOfScope, 'object')} out of scope, which nobody is asked about.`]
        : []),
    ]),
    ...listing(difference, apart),
  });
}

type Apart = ReturnType<typeof placesApart>;

/** `3 newly rejected, 2 less isolated` */
function headlineOf(difference: Difference): string {
  const words = changeWords(difference);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function leadOf({ changes, cluster }: Difference, judged: number, unit: string): string {
  const where = cluster ? ` of context ${quote(cluster.context)}` : '';
  const owners = cluster && changes.length > 0 ? ' Pods of one owner that change alike count once.' : '';
  return `${count(judged, unit)}${where}, judged by what was and by what will be.${owners}`;
}

/** @param apart what distinguishes objects with one name */
const itemOf = ({ after, pods }: Change, { cluster }: Difference, apart: Apart): Item => ({
  result: after,
  name: clean(ownerName(after)) + apartWords(after, apart),
  count: cluster ? pods : 1,
  ...(cluster && { pods }),
});

/** What hurts in one way; similar ones are reported together. */
function hurting(difference: Difference, fate: Fate, title: string, apart: Apart): Markup {
  const changes = difference.changes.filter(change => change.fate === fate);
  const byItem = new Map(changes.map(change => [itemOf(change, difference, apart), change]));
  const noticeOf = (item: Item): Notice => {
    const change = byItem.get(item);
    if (fate === 'rejected' || !change)
      return { what: whySentence(item.result), lines: [['Fix', fixSentence(item.result.decision)]] };
    const { before, after } = change;
    const waiting = waitingWords(after);
    if (fate === 'waiting') return { what: waiting, lines: [['Fix', fixWords(change)]] };
    const lines = [
      ['Before', whySentence(before)] as const,
      ['After', [whySentence(after), waiting].filter(text => text !== '').join(' ')] as const,
    ];
    return { what: `${whereOf(before)} → ${whereOf(after)}`, lines };
  };
  return attention(title, [...byItem.keys()], noticeOf, fate);
}

function sums(difference: Difference, unit: string): Markup {
  const rows = sumsOf(difference).map(({ where, before, after }) => {
    const change = after - before;
    const sign =
      change === 0
        ? markup`<td class="number none">0</td>`
        : markup`<td class="number ${change > 0 ? 'up' : 'down'}">${change > 0 ? '+' : '−'}${Math.abs(change)}</td>`;
    return markup`<tr><th scope="row">${where}</th><td class="number">${before}</td><td class="number">${after}</td>${sign}</tr>`;
  });
  return markup`<section class="card sums"><h2>Where ${unit === 'Pod' ? 'Pods' : 'they'} run</h2><table><thead><tr><th scope="col"><span class="hidden">Where</span></th><th scope="col" class="number">Before</th><th scope="col" class="number">After</th><th scope="col" class="number">Change</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}

/** What injected sandboxes add to the requests of Pods, before and after. */
function overhead({ pairs, cluster }: Difference): Markup {
  if (!cluster) return NOTHING;
  const { was, is } = costsOf(pairs, cluster);
  const figure = (name: string, before: string, after: string): Markup =>
    markup`<div><dt>${name}</dt><dd>${after} <span class="quiet">${before === after ? 'as before' : `before: ${before}`}</span></dd></div>`;
  return markup`<section class="card overhead"><h2>What sandboxes cost</h2><p class="quiet">The overhead that classes add to the requests of Pods they are injected into.</p><dl class="figures">${figure('CPU', cpuText(was.cpu), cpuText(is.cpu))}${figure('Memory', memoryText(was.memory), memoryText(is.memory))}${figure('Pods', String(was.pods), String(is.pods))}</dl></section>`;
}

/** The states of the list, one for each kind of change; what is newly rejected has the mark of what is rejected. */
const STATES = (Object.keys(FATES) as Fate[]).map(id => ({ id, word: FATES[id], glyph: id }));

function listing(difference: Difference, apart: Apart) {
  const rows = difference.changes.map(change => ({
    item: itemOf(change, difference, apart),
    state: STATES.findIndex(({ id }) => id === change.fate),
    before: change.before,
  }));
  return {
    // Policies with one name may have different tiers before and after.
    data: dataOf(STATES, [], rows, new Map()),
    list: { title: 'Changes', note: leftWords(rows.length) },
  };
}
