import { atLeast, type Isolation, strongest } from '../profiles/isolation.ts';
import { isRisk } from '../signals/index.ts';
import type { SignalId } from '../signals/signal.ts';
import type { Assessment, Decision, PlacementStep } from './decision.ts';
import { purposesOf } from './purpose.ts';
import { isHygiene } from './score.ts';

/**
 * The fewest signals that must be waived for the Pod to run as its author wrote it: in a class that shows it what is waived, or
 * else on the host kernel. Empty when no exemption can achieve it (a label, a policy or the namespace asks for more than there
 * is) or none is needed (another class would do).
 */
export function signalsToWaive(decision: Decision): SignalId[] {
  const { outcome, placement, suggestion, findings } = decision;
  if (suggestion !== undefined) return [];
  if (outcome === 'added-not-contained') return risks(decision.added ?? []);
  const weaker = () => firstOf(placement, step => inWeakerClass(step, decision));
  if (outcome === 'explicit-not-enough') return weaker() ?? [];
  if (outcome !== 'nothing-contains') return [];
  const signals = firstOf(placement, step => inClass(step, decision)) ?? weaker();
  if (signals) return signals;
  const all = risks(findings);
  return requiredWithout(all, decision) === 'host-kernel' ? all : [];
}

/**
 * The decision on the Pod without its runtimeClassName, where an exemption may help only without it; undefined where the Pod
 * names no class, or where an exemption or another class would do. Nobody is told to give up a class that they have chosen,
 * except where the Pod is useless otherwise.
 */
export function asUnnamed(decision: Decision): Decision | undefined {
  const { unnamed, ...rest } = decision;
  if (unnamed === undefined || signalsToWaive(decision).length > 0) return undefined;
  if (purposesOf(decision).length === 0) return undefined;
  return { ...rest, outcome: 'nothing-contains', placement: unnamed };
}

/**
 * Signals without which one of the classes would isolate enough, or none would be needed. Empty where a label, a policy or the
 * namespace would still ask for more than there is.
 */
export function signalsToRemove(decision: Decision): SignalId[] {
  const signals = risks(decision.findings);
  const rest = requiredWithout(signals, decision);
  const isEnough = rest === 'host-kernel' || decision.placement.some(step => atLeast(step.isolation, rest));
  return isEnough ? signals : [];
}

function firstOf<T, R>(list: readonly T[], find: (one: T) => R | undefined): R | undefined {
  for (const one of list) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The signals to waive so that a class fits that contains the rest; undefined where that is not enough. */
function inClass(step: PlacementStep, decision: Decision): SignalId[] | undefined {
  const signals = exposedIn(step);
  const fits = signals && signals.length > 0 && isEnough(step, signals, decision);
  return fits ? signals : undefined;
}

/** The signals to waive for a class that is too weak as things are, including those that ask for more than it gives. */
function inWeakerClass(step: PlacementStep, decision: Decision): SignalId[] | undefined {
  const signals = exposedIn(step);
  if (!signals) return undefined;
  const others = risks(decision.findings).filter(signal => !signals.includes(signal));
  // Signals are added one by one, the gravest first, in the order in which they are found.
  for (let more = 0; more <= others.length; more++) {
    const some = [...signals, ...others.slice(0, more)];
    if (isEnough(step, some, decision)) return withoutNeedless(some, signals.length, step, decision);
  }
  return undefined;
}

/** @param kept how many of them, from the start, must be waived in any case */
const withoutNeedless = (
  signals: readonly SignalId[],
  kept: number,
  step: PlacementStep,
  decision: Decision,
): SignalId[] =>
  signals.slice(kept).reduce(
    (some, signal) => {
      const fewer = some.filter(one => one !== signal);
      return isEnough(step, fewer, decision) ? fewer : some;
    },
    [...signals],
  );

/**
 * The signals that a class exposes; undefined where it would not serve what is waived, or where something else stands against
 * it.
 */
function exposedIn({ objections, notServed }: PlacementStep): SignalId[] | undefined {
  const others = objections.filter(({ code }) => code !== 'too-weak' && code !== 'no-node');
  const signals = others.flatMap(({ code, signal }) => (code === 'exposed' && signal ? [signal] : []));
  const isAll = signals.length === others.length && !signals.some(signal => notServed.includes(signal));
  return isAll ? signals : undefined;
}

const isEnough = ({ isolation }: PlacementStep, waived: readonly SignalId[], decision: Decision): boolean =>
  atLeast(isolation, requiredWithout(waived, decision));

function risks(findings: Decision['findings']): SignalId[] {
  const unwaived = findings.filter(({ waivedBy }) => waivedBy === undefined).map(({ signal }) => signal);
  return [...new Set(unwaived)].filter(isRisk);
}

/** What all policies together ask for once these signals are waived. */
const requiredWithout = (waived: readonly SignalId[], { governing, others }: Decision): Isolation =>
  [governing, ...others]
    .map(assessment => without(waived, assessment).required)
    .reduce(strongest, 'host-kernel');

/** What still asks for isolation once all risks are waived: labels, rules, policies, and the namespace. */
export function withoutRisks({ findings, governing, others }: Decision): Assessment {
  const waived = risks(findings);
  return [governing, ...others]
    .map(assessment => without(waived, assessment))
    .reduce((most, one) => (atLeast(most.required, one.required) ? most : one));
}

/** One policy's assessment once these signals are waived. */
function without(waived: readonly SignalId[], assessment: Assessment): Assessment {
  const contributions = assessment.contributions.filter(
    one => !isHygiene(one) && !(one.kind === 'signal' && waived.includes(one.id)),
  );
  const tierScore = contributions.reduce((sum, { weight }) => sum + weight, 0);
  const floors = assessment.floors.filter(({ because, id }) => {
    if (because === 'signal') return !waived.includes(id);
    return because !== 'tier' || Number(id) <= tierScore;
  });
  const required = floors.map(({ isolation }) => isolation).reduce(strongest, 'host-kernel');
  return { ...assessment, contributions, tierScore, floors, required };
}
