import { BOUNDS, type Bound, boundOn, type CountedPod } from '../signals/bounds.ts';
import type { Cel } from '../signals/cel.ts';
import { text } from '../signals/guards.ts';
import type { Validation, Variable } from './object.ts';
import { IS_JUDGED, IS_UPDATE } from './request.ts';

/*
What a request adds beyond the bounds of a Pod, in the terms of `excessOf`. Nothing else is evaluated for such a request, as its
author may have sent it to cause that cost. Counting has a cost, too: lists are first asked for their sizes, and a loop is made
only over a list that is within its own bound.
*/

const AFTER: CountedPod = { pod: 'object', containers: 'variables.containers' };
const BEFORE: CountedPod = { pod: 'oldObject', containers: 'variables.containersBefore' };

/** A bound, and where the guard has its count. */
interface Counted {
  readonly bound: Bound;
  readonly count: Cel;
}

type Looping = Bound & Required<Pick<Bound, 'loopsOver'>>;
const isLooping = (bound: Bound): bound is Looping => bound.loopsOver !== undefined;

/** The size that is counted. A status and a Binding change only metadata, and a Binding has no containers. */
const sizeOf = (bound: Bound): Cel =>
  bound.ofMetadata ? bound.countAt(AFTER) : `(${IS_JUDGED} ? ${bound.countAt(AFTER)} : 0)`;

const within = ({ bound, count }: Counted): Cel => `${count} <= ${bound.most}`;

/** Whether the bound holds. A stored Pod that already has more is not wedged: only what grows is refused. */
const holds = (counted: Counted): Cel => `(${within(counted)} || (${IS_UPDATE} && ${isNoMore(counted)}))`;

/**
 * Whether a count has not grown. A list that was already too long is not looped over: no update that the API server lets
 * through makes it shorter.
 */
function isNoMore({ bound, count }: Counted): Cel {
  const isNoMoreThanBefore = `${count} <= ${bound.countAt(BEFORE)}`;
  if (!isLooping(bound)) return isNoMoreThanBefore;
  const { countAt, most } = boundOn(bound.loopsOver);
  return `(${countAt(BEFORE)} > ${most} || ${isNoMoreThanBefore})`;
}

/** What there is too much of, in words; `[]` where there is nothing. */
const excess = (counted: Counted): Cel =>
  `(${holds(counted)} ? [] : [string(${counted.count}) + ${text(` ${counted.bound.what}, of ${counted.bound.most} at most`)}])`;

/** A Pod with more than this part of any bound, a fifth, is not evaluated again to word the refusal. */
const BULKY_PART = 5;

/**
 * - `sizes`: the sizes of lists and maps
 * - `counts`: the results of loops; 0 for a list that is beyond its own bound: if it has grown, that is reason enough, and if it
 *   has not, nothing within it has
 * - `bounded`: whether nothing that the request adds is out of bounds; it is cheap, and evaluated before everything else
 * - `excess`: what is out of bounds, in words
 * - `bulky`: whether the Pod is larger than those that people run. The API server evaluates messages separately, so one that
 *   gives the reason would cost as much again as the verdict; such a Pod gets the fixed message.
 *
 * @param walked lists that rules in the guard loop over
 */
export function boundsCel(walked: ReadonlySet<string>): readonly Variable[] {
  const bounds = BOUNDS.filter(({ ofRules, lists }) => !ofRules || lists.some(list => walked.has(list)));
  const sized = bounds.filter(bound => !isLooping(bound));
  const looping = bounds.filter(isLooping);
  const counted = (bound: Bound): Counted => ({
    bound,
    count: isLooping(bound)
      ? `variables.counts[${looping.indexOf(bound)}]`
      : `variables.sizes[${sized.indexOf(bound)}]`,
  });
  const loop = ({ loopsOver, countAt }: Looping): Cel =>
    `${within(counted(boundOn(loopsOver)))} ? ${countAt(AFTER)} : 0`;
  // The order matters: where a size is out of bounds, nothing is looped over at all.
  const all = [...sized, ...looping].map(counted);
  return [
    { name: 'sizes', expression: `[${sized.map(sizeOf).join(', ')}]` },
    {
      name: 'counts',
      expression: `${IS_JUDGED} ? [${looping.map(loop).join(', ')}] : [${looping.map(() => 0).join(', ')}]`,
    },
    {
      name: 'bounded',
      expression: `${all.map(within).join(' && ')} || (${IS_UPDATE} && ${all.map(holds).join(' && ')})`,
    },
    { name: 'excess', expression: all.map(excess).join(' + ') },
    {
      name: 'bulky',
      expression: all
        .map(({ bound, count }) => `${count} > ${Math.ceil(bound.most / BULKY_PART)}`)
        .join(' || '),
    },
  ];
}

/**
 * True for a Pod with no more of anything than the bounds allow, where no rule loops over anything. The bounds are tested in
 * their order, so nothing is looped over where a size is out of bounds.
 */
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
