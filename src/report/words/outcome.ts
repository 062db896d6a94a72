import type { Decision, PlacementStep } from '../../decision/decision.ts';
import { fits } from '../../decision/place.ts';
import { atLeast } from '../../profiles/isolation.ts';
import { isRisk } from '../../signals/index.ts';
import type { SignalId } from '../../signals/signal.ts';
import { list, quote, someOf } from '../../source/text.ts';
import { wordsFor } from './kinds.ts';
import {
  beforeChosen,
  blockers,
  isWaived,
  stepObjections,
  strongEnough,
  unservedPaths,
} from './objection.ts';
import { causes, isolationWords, type Namer, withoutPlace, withPlace } from './terms.ts';
import { unvouchedWords } from './unvouched.ts';

/** Whether the webhook sets a class or only says so: the effect of the verdict `sandbox` depends on the mode. */
export type Tense = 'is' | 'would be';

/** Why the verdict is what it is, as one sentence without its subject and without a full stop. */
export function outcomeSentence(decision: Decision, name: Namer = withPlace, tense: Tense = 'is'): string {
  const { runtimeClass, isolation, isService } = decision;
  const at = `${wordsFor(decision).sandboxClass} ${quote(runtimeClass ?? '')} (${isolation ?? 'host-kernel'})`;
  // The sentence is about the class, which "it" would stand for.
  const who = `the ${wordsFor(decision).pod}`;
  switch (decision.outcome) {
    case 'nothing-required':
      return 'nothing requires a sandbox';
    case 'explicit-enough':
      return `its ${at} is enough`;
    case 'injected':
      return `${at} ${isService ? 'has to be' : tense} set: ${because(decision, name, who)}${whyNotWeaker(decision)}`;
    case 'raised':
      return `its class ${tense} ${raisedWord(decision)} to ${at}: ${because(decision, name, who)}${whyNotWeaker(decision)}`;
    case 'deleting':
      return 'it is being deleted';
    case 'nothing-added':
      return 'the update adds nothing to judge';
    case 'added-contained':
      return 'what the update adds is contained where the Pod runs';
    case 'mirror':
      return 'it mirrors a static Pod, which the kubelet runs already';
    case 'not-judged':
      return 'only creations and updates are judged';
    case 'out-of-bounds':
      return outOfBounds(decision);
    case 'explicit-not-enough':
      return explicitNotEnough(decision, name);
    case 'added-not-contained':
      return addedNotContained(decision, name);
    case 'nothing-contains':
      return nothingContains(decision, name);
    case 'unavailable':
      return unavailable(decision, name);
  }
}

/** Why it is a stronger class than the required isolation asks for: what stands against the weaker classes before it. */
function whyNotWeaker(decision: Decision): string {
  const chosen = decision.placement.find(step => step.chosen);
  if (!chosen) return '';
  const weaker = beforeChosen(decision).filter(({ isolation }) => !atLeast(isolation, chosen.isolation));
  const why = weaker.map(step => `${quote(step.runtimeClass)} ${stepObjections(step, decision)}`);
  return why.length > 0 ? `; ${someOf(why, 2)}` : '';
}

/** The word for changing a class that was injected before: where nothing asks for more, the other one may be weaker. */
export const raisedWord = ({ required }: Decision): string =>
  required === 'host-kernel' ? 'changed' : 'raised';

/**
 * `it needs a VM (vm) because of a privileged container (spec.containers[0]…)`
 * @param who what needs it, where "it" is not clear
 */
export function because(decision: Decision, name: Namer = withPlace, who = 'it'): string {
  // Another class is then needed only because the injected one does not support what was added since.
  if (decision.required === 'host-kernel') {
    return `the class that was injected before does not support what the ${wordsFor(decision).pod} asks for now`;
  }
  const why = causes(decision, name);
  return `${who} needs ${isolationWords(decision.required)}${why.length > 0 ? ` because of ${someOf(why)}` : ''}`;
}

function outOfBounds({ added, excess = [] }: Decision): string {
  const counts = excess.map(({ what, count, most }) => `${count} ${what}, of ${most} at most`);
  return `${added ? 'the update gives it' : 'it has'} ${list(counts)}`;
}

function explicitNotEnough(decision: Decision, name: Namer): string {
  const [here] = decision.placement;
  if (!here) return because(decision, name);
  if (here.runtimeClass === '')
    return 'its runtimeClassName is empty, and the API server knows no class of that name';
  const weak = here.objections.some(({ code }) => code === 'too-weak');
  const why = weak ? `; ${decision.required} is required because of ${someOf(causes(decision, name))}` : '';
  const causesOfThat = weak ? whyWeak(decision, here).map(words => `; ${words}`) : [];
  return `its ${wordsFor(decision).sandboxClass} ${quote(here.runtimeClass)} ${stepObjections(here, decision)}${why}${causesOfThat.join('')}`;
}

/** Says of a class whose handler shares the host kernel that the handler does. */
function whyWeak(decision: Decision, { handler, isolation }: PlacementStep): string[] {
  const unvouched = unvouchedWords(decision);
  if (unvouched.length > 0 || isolation !== 'host-kernel') return unvouched;
  return [`its handler ${quote(handler)} is the host kernel`];
}

function addedNotContained(decision: Decision, name: Namer): string {
  const { governing, required } = decision;
  const [here] = decision.placement;
  const added = decision.added ?? [];
  const signals = [...new Set(added.filter(({ waivedBy }) => waivedBy === undefined).map(f => f.signal))];
  const risks = signals.filter(isRisk).map(signal => name(signal, added));
  // Hygiene weighs nothing here: if no risk was added, a rule matched.
  const rules = governing.contributions.filter(({ kind }) => kind === 'rule');
  const what = someOf(risks.length > 0 ? risks : rules.map(({ id }) => `a match of the rule ${quote(id)}`));
  // For an update, labels and floors count only where the request does not say what there was before.
  if (what === '') {
    const where = here ? `in RuntimeClass ${quote(here.runtimeClass)}` : 'on the host kernel';
    return `the stored Pod is not known, so all of it is judged: ${because(decision, name)}, and runs ${where}`;
  }
  if (here?.objections.some(({ code }) => code === 'too-weak')) {
    const where = `RuntimeClass ${quote(here.runtimeClass)} (${here.isolation})`;
    return `the update adds ${what}, with which the Pod needs ${isolationWords(required)}; it runs in ${where}`;
  }
  const where = here ? `RuntimeClass ${quote(here.runtimeClass)}` : 'the host kernel';
  return `the update adds ${what}, which is not contained where the Pod runs: ${where}`;
}

function nothingContains(decision: Decision, name: Namer): string {
  const { placement, findings } = decision;
  const against = blockers(placement);
  if (against.length > 0) {
    const unwaived = against.filter(signal => !isWaived(signal, findings));
    const what = someOf((unwaived.length > 0 ? unwaived : against).map(signal => name(signal, findings)));
    // An exemption accepts the risk; it cannot make a sandbox do what it does not do.
    if (unwaived.length === 0) {
      const unserved = unservedOf(against, placement);
      const lacking = unserved
        ? `serves ${unservedPaths(unserved)}, which an exemption lets it have`
        : `supports ${what}, which is exempt`;
      return `${because(decision, name)}, and no sandbox ${lacking}`;
    }
    if (unwaived.some(isRisk)) return uncontained(unwaived, signal => name(signal, findings));
    // Without its cause, something that no sandbox supports would look forbidden. Leaving out the places makes room for the
    // cause.
    return `${because(decision, withoutPlace)}, and no sandbox supports ${what}`;
  }
  const tried = placement.map(step => `${quote(step.runtimeClass)} ${stepObjections(step, decision)}`);
  const lead = `no ${wordsFor(decision).sandboxClass} ${strongEnough(placement).length > 0 ? 'fits' : 'isolates enough'}`;
  // A class that exists and would be tried if its handler were known is the likeliest cause, and comes first.
  const reasons = [...unvouchedWords(decision), ...tried];
  return `${because(decision, name)}, and ${lead}${reasons.length > 0 ? `: ${someOf(reasons)}` : ''}`;
}

/** Risks are contained or not, and requirements are supported or not. */
function uncontained(signals: readonly SignalId[], nameOf: (signal: SignalId) => string): string {
  const needs = signals.filter(signal => !isRisk(signal)).map(nameOf);
  const lacking = needs.length > 0 ? `, and none supports ${someOf(needs)}` : '';
  return `no sandbox can contain ${someOf(signals.filter(isRisk).map(nameOf))}${lacking}`;
}

/** What the first class that isolates enough does not serve; undefined where something else stands against it, too. */
function unservedOf(against: readonly string[], placement: Decision['placement']): string | undefined {
  const [first] = strongEnough(placement);
  const unserved = (first?.objections ?? []).filter(({ code }) => code === 'not-served');
  const isAll = against.every(signal => unserved.some(objection => objection.signal === signal));
  return isAll ? unserved.map(({ detail }) => detail).join(', ') : undefined;
}

function unavailable(decision: Decision, name: Namer): string {
  const classes = list(
    decision.placement.filter(fits).map(step => quote(step.runtimeClass)),
    'or',
  );
  return `${because(decision, name)}; RuntimeClass ${classes} would do, but no ready node can take the Pod now, and the policy does not let it wait`;
}
