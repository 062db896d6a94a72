import type { Contribution, Decision, PlacementStep } from '../../decision/decision.ts';
import { isHygiene } from '../../decision/score.ts';
import { rank } from '../../profiles/isolation.ts';
import { signalById } from '../../signals/index.ts';
import type { Finding } from '../../signals/signal.ts';
import { sentence } from '../../source/text.ts';
import { placeWords } from '../layout/problem.ts';
import type { Reviewed } from '../result.ts';
import { relevantSignals } from '../told/relevant.ts';
import { exemptionSentences } from '../words/exemptions.ts';
import { fixSentence } from '../words/fix.ts';
import { notesOf, noteText } from '../words/notes.ts';
import { objectionSentence } from '../words/objection.ts';
import { whyNow } from '../words/since.ts';
import { contributionWords, floorWords, placeOf } from '../words/terms.ts';
import { standingOf } from './cells.ts';
import { type FindingData, KINDS, type Part, PLACE_WORDS, PLACES, type Side, type Step } from './data.ts';
import type { Lists } from './lists.ts';

/** How many findings of one object are listed. */
const MOST_FINDINGS = 25;

/**
 * Everything about one decision.
 * @param title empty where there is no other side
 */
export function sideOf(result: Reviewed, title: string, lists: Lists): Side {
  const { decision } = result;
  const { governing, placement, required } = decision;
  const why = whyNow(result);
  return {
    title: lists.text(title),
    why: lists.text(why),
    fix: lists.text(fixSentence(decision)),
    policy: lists.policy(governing.policy),
    required: PLACES.indexOf(required),
    parts: partsOf(governing.contributions, lists),
    floors: governing.floors
      .toSorted((a, b) => rank(b.isolation) - rank(a.isolation))
      .map(floor => lists.text(`${PLACE_WORDS[floor.isolation]}: ${floorWords(floor)}`)),
    ...found(result, lists),
    placement: placement.map(step => stepOf(step, decision, lists)),
    exemptions: exemptionSentences(decision).map(words => lists.text(sentence(words))),
    notes: notesOf(result, why).map(note => lists.text(noteText(note))),
  };
}

/** The parts of the score, the heaviest first and hygiene last, as no tier looks at it. */
const partsOf = (contributions: readonly Contribution[], lists: Lists): Part[] =>
  contributions
    .toSorted((a, b) => Number(isHygiene(a)) - Number(isHygiene(b)) || b.weight - a.weight)
    .map(one => [KINDS.indexOf(kindOf(one)), lists.text(contributionWords(one)), one.weight]);

function kindOf({ kind, id }: Contribution): (typeof KINDS)[number] {
  if (kind !== 'signal') return kind;
  const category = signalById.get(id)?.category;
  return category === 'breakout' || category === 'exposure' ? category : 'hygiene';
}

/** The findings, beginning with those that bear on the verdict. */
function found(result: Reviewed, lists: Lists): Pick<Side, 'findings' | 'more'> {
  const { findings } = result.decision;
  const relevant = new Set(relevantSignals(result.decision));
  const shown = findings
    .toSorted((a, b) => Number(relevant.has(b.signal)) - Number(relevant.has(a.signal)))
    .slice(0, MOST_FINDINGS);
  return {
    findings: shown.map(finding => findingOf(finding, result, lists)),
    more: findings.length - shown.length,
  };
}

function findingOf(finding: Finding, { locate, source }: Reviewed, lists: Lists): FindingData {
  const { path, position } = locate(finding.path);
  return [
    lists.signal(finding.signal),
    // Pods of a cluster have no file.
    lists.text(source.file === '' ? '' : placeWords(position)),
    lists.text(placeOf({ ...finding, path })),
    lists.text(finding.waivedBy ?? ''),
  ];
}

const stepOf = (step: PlacementStep, decision: Decision, lists: Lists): Step => [
  lists.text(step.runtimeClass || '(empty name)'),
  PLACES.indexOf(step.isolation),
  standingOf(step),
  step.objections.map(objection => lists.text(objectionSentence(objection, step, decision))),
];
