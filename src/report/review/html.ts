import { VERDICTS } from '../../decision/decision.ts';
import { placesIn } from '../../source/alike.ts';
import { capitalized, clean, count, list, quote } from '../../source/text.ts';
import { attention } from '../html/attention.ts';
import { legend } from '../html/charts/bar.ts';
import { found } from '../html/charts/found.ts';
import { namespaces } from '../html/charts/namespaces.ts';
import { scores, type Tier } from '../html/charts/scores.ts';
import { whyNot } from '../html/charts/why-not.ts';
import { PLACE_WORDS, PLACES } from '../html/data.ts';
import { documentOf } from '../html/document.ts';
import { errorsIn, problemList, sentences } from '../html/footer.ts';
import { columnsOf, type Item } from '../html/items.ts';
import { type Markup, html as markup, NOTHING } from '../html/markup.ts';
import { countPlaces, indexOf, isUnasked, placeOf } from '../html/places.ts';
import { dataOf, leftWords } from '../html/rows.ts';
import { isListed } from '../listed.ts';
import type { Review, Reviewed } from '../result.ts';
import { apartWords, placesApart } from '../words/apart.ts';
import { fixSentence } from '../words/fix.ts';
import { modeLines } from '../words/modes.ts';
import { whySentence } from '../words/notes.ts';
import { overallSentences } from '../words/overall.ts';
import { objectName } from '../words/terms.ts';
import { costOf, cpuText, memoryText } from './cluster/cost.ts';
import { groupsOf, ownerName } from './cluster/groups.ts';

/** The opening words of a command that reviews as a part of something else. */
export interface Lead {
  /** What kind of page it is, in a word or two. */
  readonly kind: string;
  /** A sentence without a full stop. */
  readonly headline: string;
  /** What comes between the headline and the review; may be empty. */
  readonly above: Markup;
}

/** `-o html`: a page in one file, to look at and show around. */
export const html = (review: Review): string => reviewPage(review);

/** The same page with the words of another command above it. */
export function reviewPage(review: Review, lead?: Lead): string {
  const unit = review.cluster ? 'Pod' : 'object';
  const all = itemsOf(review, review.results);
  const asked = all.filter(({ result }) => !isUnasked(result));
  const placed = all.map(item => ({
    ...item,
    place: placeOf(item.result),
    namespace: item.result.namespace,
  }));
  const scored = placed.map(item => ({ ...item, tierScore: item.result.decision.governing.tierScore }));
  const columns = columnsOf(review.results);
  const counts = countPlaces(placed);
  const rejected = asked.filter(({ result }) => result.decision.verdict === 'reject');
  const told = rejected.filter(({ result }) => isListed(review)(result));
  const units = `${capitalized(unit)}s`;
  return documentOf({
    kind: lead?.kind ?? 'Review',
    headline: lead?.headline ?? headlineOf(review, asked, unit),
    version: review.version,
    overview: markup`${lead?.above ?? NOTHING}<p class="lead">${leadOf(review)}</p>
${legend(counts, unit)}
<div class="cards">
${attention('What would be rejected', told, ({ result }) => ({ what: whySentence(result), lines: [['Fix', fixSentence(result.decision)]] }), 'rejected')}
${scores(scored, tiersOf(review, asked), units)}
${namespaces(placed, units)}
${whyNot(columns, asked)}
${found(asked, units)}
</div>
${problemList('Not judged as it stands', review.problems)}`,
    footer: markup`${problemList(
      'Policies, exemptions and profiles',
      (review.notes ?? []).map(note => ({ ...note, severity: 'note' as const, path: '' })),
    )}${sentences([...overallSentences(review), ...modeLines(review)])}`,
    ...listing(review, columns),
  });
}

/** Each object, or, for Pods of a cluster, one of those with the same owner that were decided alike. */
function itemsOf({ cluster }: Review, results: readonly Reviewed[]): readonly Item[] {
  const apart = placesApart(results);
  return cluster
    ? VERDICTS.toReversed().flatMap(verdict =>
        groupsOf(results, verdict).map(({ sample, pods }) => ({
          result: sample,
          name: clean(ownerName(sample)),
          count: pods,
          pods,
        })),
      )
    : results.map(result => ({ result, name: objectName(result) + apartWords(result, apart), count: 1 }));
}

/** `3 of 12 objects would be rejected` */
function headlineOf({ problems, results }: Review, asked: readonly Item[], unit: string): string {
  const total = sum(asked);
  const rejected = sum(asked.filter(({ result }) => result.decision.verdict === 'reject'));
  if (rejected > 0) return `${rejected} of ${count(total, unit)} would be rejected`;
  if (results.length === 0)
    return errorsIn(problems).length > 0 ? 'Nothing could be judged' : 'There was nothing to judge';
  return total === 1 ? `The ${unit} would be let in` : `None of ${count(total, unit)} would be rejected`;
}

const sum = (items: readonly Item[]): number => items.reduce((total, item) => total + item.count, 0);

/** What the numbers count, and what sandboxes cost, in sentences. */
function leadOf({ results, cluster, problems }: Review): string {
  const errors = placesIn(errorsIn(problems));
  const where = `${count(new Set(results.map(({ namespace }) => namespace)).size, 'namespace')}${cluster ? ` of context ${quote(cluster.context)}` : ''}`;
  const cost = cluster
    ? costOf(
        results.filter(result => !isUnasked(result)),
        cluster,
      )
    : undefined;
  const extra = cost
    ? list([
        ...(cost.cpu > 0 ? [`${cpuText(cost.cpu)} CPU`] : []),
        ...(cost.memory > 0 ? [`${memoryText(cost.memory)} of memory`] : []),
      ])
    : '';
  return [
    `In ${where}, by the policies in force.`,
    ...(extra === '' ? [] : [`The sandboxes that are injected would ask for ${extra} more.`]),
    ...(errors > 0 ? [`${count(errors, 'problem')}: not everything was judged.`] : []),
  ].join(' ');
}

/** The tiers of the policy that governs most objects. */
function tiersOf({ tiers = new Map() }: Review, items: readonly Item[]): readonly Tier[] {
  const byPolicy = Map.groupBy(items, ({ result }) => result.decision.governing.policy);
  const [most] = [...byPolicy].toSorted(([, a], [, b]) => sum(b) - sum(a));
  return most ? (tiers.get(most[0]) ?? []) : [];
}

function listing(review: Review, columns: readonly string[]) {
  const { results, tiers = new Map() } = review;
  const items = itemsOf(review, results.filter(isListed(review))).toSorted(
    (a, b) => gravity(a) - gravity(b) || scoreOf(b) - scoreOf(a),
  );
  const states = PLACES.map(id => ({ id, word: PLACE_WORDS[id], glyph: id }));
  const rows = items.map(item => ({ item, state: indexOf(placeOf(item.result)) }));
  return {
    data: dataOf(states, columns, rows, tiers),
    list: { title: review.cluster ? 'Workloads' : 'Objects', note: leftWords(items.length) },
  };
}

const gravity = ({ result }: Item): number => {
  const place = placeOf(result);
  // Among those that run, the best isolated are the most dangerous.
  return place === 'rejected' ? -1 : place === 'unasked' ? PLACES.length : PLACES.length - 1 - indexOf(place);
};

const scoreOf = ({ result }: Item): number => result.decision.governing.tierScore;
