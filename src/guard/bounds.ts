import { BOUNDS, type Bound, type CountedPod } from '../signals/bounds.ts';
import { text } from '../signals/guards.ts';
import type { Cel } from '../signals/signal.ts';
import type { Validation, Variable } from './object.ts';
import { IS_JUDGED, IS_UPDATE } from './request.ts';

/*
What a request adds beyond the bounds of a Pod, as `excessOf` has it. Nothing else is evaluated for such a request: its
cost is what it was sent for.
*/

const AFTER: CountedPod = { pod: 'object', containers: 'variables.containers' };
const BEFORE: CountedPod = { pod: 'oldObject', containers: 'variables.containersBefore' };

const countOf = (i: number): Cel => `variables.counts[${i}]`;
/** A status and a Binding change nothing but metadata, and a Binding has no containers. */
const counted = (bound: Bound): Cel =>
  bound.ofMetadata ? bound.countAt(AFTER) : `(${IS_JUDGED} ? ${bound.countAt(AFTER)} : 0)`;
/** A stored Pod that has more already is not wedged: only what grows is refused. */
const holds = (bound: Bound, i: number): Cel =>
  `(${countOf(i)} <= ${bound.most} || (${IS_UPDATE} && ${countOf(i)} <= ${bound.countAt(BEFORE)}))`;

/** `[]`, or what it has too many of, in words. */
const excess = (bound: Bound, i: number): Cel =>
  `(${holds(bound, i)} ? [] : [string(${countOf(i)}) + ${text(` ${bound.what}, of ${bound.most} at most`)}])`;

/** A Pod with more than such a part of any bound, a fifth, is not looked at again for the sake of words. */
const BULKY_PART = 5;

/**
 * - `bounded`: nothing that the request adds is out of bounds; cheap, and asked before everything else
 * - `excess`: what is, in words
 * - `bulky`: it is larger than the Pods that people run. The API server evaluates messages by themselves, so that one that
 *   says why would cost as much again as the verdict: such a Pod is told the fixed one.
 *
 * @param walked lists that rules in the guard loop over
 */
export function boundsCel(walked: ReadonlySet<string>): readonly Variable[] {
  const bounds = BOUNDS.filter(({ ofRules, lists }) => !ofRules || lists.some(list => walked.has(list)));
  const within = bounds.map(({ most }, i) => `${countOf(i)} <= ${most}`).join(' && ');
  return [
    { name: 'counts', expression: `[${bounds.map(counted).join(', ')}]` },
    { name: 'bounded', expression: `${within} || (${IS_UPDATE} && ${bounds.map(holds).join(' && ')})` },
    { name: 'excess', expression: bounds.map(excess).join(' + ') },
    {
      name: 'bulky',
      expression: bounds.map(({ most }, i) => `${countOf(i)} > ${Math.ceil(most / BULKY_PART)}`).join(' || '),
    },
  ];
}

/** True of a Pod that has no more of anything than the bounds say, where no rule loops over anything. */
export const countedWithin = (pod: CountedPod): Cel =>
  BOUNDS.filter(({ ofRules }) => !ofRules)
    .map(bound => `${bound.countAt(pod)} <= ${bound.most}`)
    .join(' && ');

export const BOUNDED: Validation = {
  expression: 'variables.bounded',
  message: 'The Pod has more of something than the bounds of Cofferdam let it have.',
  messageExpression:
    "variables.bounded ? '' : 'the Pod has ' + variables.excess.join(' and ') + '. Take out what it does not need, or make several Pods of it. No exemption waives this.'",
  reason: 'Forbidden',
};
