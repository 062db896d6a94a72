import { capitalized, clean, count, quote } from '../../source/text.ts';
import { attention, type Notice } from '../html/attention.ts';
import { flow } from '../html/charts/flow.ts';
import { documentOf } from '../html/document.ts';
import { problemList, sentences } from '../html/footer.ts';
import type { Item } from '../html/items.ts';
import { type Markup, html as markup, NOTHING } from '../html/markup.ts';
import { dataOf, leftWords } from '../html/rows.ts';
import { ownerName } from '../review/cluster/groups.ts';
import { apartWords, placesApart } from '../words/apart.ts';
import { assumedSentence } from '../words/assumed.ts';
import { fixSentence } from '../words/fix.ts';
import { whySentence } from '../words/notes.ts';
import { type Change, changeWords, type Difference, FATES, type Fate } from './change.ts';
import { type Costs, costsOf, cpuWords, memoryWords, silentSentence } from './cost.ts';
import { countedOnceSentence } from './counted.ts';
import { movesOf } from './moves.ts';
import { policiesSentence } from './policies.ts';
import { sumsOf, whereOf } from './where.ts';
import { fixWords, waitingWords } from './why.ts';

/** `-o html`: first what hurts, then what moves from where to where, and every change with both sides. */
export function html(difference: Difference): string {
  const { changes, pairs, problems, version, assumed, outOfScope } = difference;
  const apart = placesApart(pairs.map(({ after }) => after));
  const costs = costsOf(difference);
  return documentOf({
    kind: 'Diff',
    headline: headlineOf(difference),
    version,
    overview: markup`<p class="lead">${leadOf(difference)}</p>
${changes.length > 0 ? flow(movesOf(pairs)) : NOTHING}
<div class="cards">
${hurting(difference, 'rejected', 'Newly rejected', apart)}
${hurting(difference, 'weaker', 'Less isolated', apart)}
${hurting(difference, 'waiting', 'Would wait', apart)}
${changes.length > 0 ? sums(difference) : NOTHING}
${overhead(costs)}
</div>
${problemList('Not judged as it stands', problems)}`,
    footer: sentences([
      ...[changes.length > 0 ? silentSentence(costs) : '', countedOnceSentence(difference)].filter(
        text => text !== '',
      ),
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
const headlineOf = (difference: Difference): string => capitalized(changeWords(difference));

function leadOf({ changes, cluster, pairs }: Difference): string {
  const pods = count(
    pairs.reduce((sum, { after }) => sum + after.pods, 0),
    'Pod',
  );
  const of = cluster
    ? `${pods} of context ${quote(cluster.context)}`
    : `${count(pairs.length, 'object')} with ${pods}`;
  const owners = cluster && changes.length > 0 ? ' Pods of one owner that change alike count once.' : '';
  return `${of}, judged by what was and by what will be.${owners}`;
}

/** @param apart what tells objects of one name apart */
const itemOf = ({ after, pods }: Change, apart: Apart): Item => ({
  result: after,
  name: clean(ownerName(after)) + apartWords(after, apart),
  count: pods,
  pods,
});

/** What hurts in one way; similar ones are reported together. */
function hurting(difference: Difference, fate: Fate, title: string, apart: Apart): Markup {
  const changes = difference.changes.filter(change => change.fate === fate);
  const byItem = new Map(changes.map(change => [itemOf(change, apart), change]));
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

function sums(difference: Difference): Markup {
  const rows = sumsOf(difference).map(({ where, before, after }) => {
    const change = after - before;
    const sign =
      change === 0
        ? markup`<td class="number none">0</td>`
        : markup`<td class="number ${change > 0 ? 'up' : 'down'}">${change > 0 ? '+' : '−'}${Math.abs(change)}</td>`;
    return markup`<tr><th scope="row">${where}</th><td class="number">${before}</td><td class="number">${after}</td>${sign}</tr>`;
  });
  return markup`<section class="card sums"><h2>Where Pods run</h2><table><thead><tr><th scope="col"><span class="hidden">Where</span></th><th scope="col" class="number">Before</th><th scope="col" class="number">After</th><th scope="col" class="number">Change</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}

/** What sandboxes that are injected add to the requests of Pods, before and after. */
function overhead({ before: was, after: is }: Costs): Markup {
  if (was.pods + is.pods === 0) return NOTHING;
  const figure = (name: string, before: string, after: string): Markup =>
    markup`<div><dt>${name}</dt><dd>${after} <span class="quiet">${before === after ? 'as before' : `before: ${before}`}</span></dd></div>`;
  return markup`<section class="card overhead"><h2>What sandboxes cost</h2><p class="quiet">The overhead that classes add to the requests of Pods they are injected into.</p><dl class="figures">${figure('CPU', cpuWords(was.cpu), cpuWords(is.cpu))}${figure('Memory', memoryWords(was.memory), memoryWords(is.memory))}${figure('Pods', String(was.pods), String(is.pods))}</dl></section>`;
}

/** The states of the list, one for each kind of change; what is newly rejected has the mark of what is rejected. */
const STATES = (Object.keys(FATES) as Fate[]).map(id => ({ id, word: FATES[id], glyph: id }));

function listing(difference: Difference, apart: Apart) {
  const rows = difference.changes.map(change => ({
    item: itemOf(change, apart),
    state: STATES.findIndex(({ id }) => id === change.fate),
    before: change.before,
  }));
  return {
    // Policies with one name may have different tiers before and after.
    data: dataOf(STATES, [], rows, new Map()),
    list: { title: 'Changes', note: leftWords(rows.length) },
  };
}
