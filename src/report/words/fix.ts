import type { Decision, Objection, PlacementStep } from '../../decision/decision.ts';
import { isPurpose, purposesOf } from '../../decision/purpose.ts';
import { signalsToRemove } from '../../decision/to-waive.ts';
import { atLeast } from '../../profiles/isolation.ts';
import { signalById } from '../../signals/index.ts';
import type { Finding, SignalId } from '../../signals/signal.ts';
import { count, quote, sentence } from '../../source/text.ts';
import { COMPOSE_FIXES, wordsFor } from './kinds.ts';
import { misspeltFix } from './misspelt.ts';
import { blockers, isWaived, signalsAgainst, strongEnough } from './objection.ts';
import { exemptionFor, otherPlace } from './purpose.ts';
import { vouchPhrase } from './unvouched.ts';

/** What to do where a class would do, but no node can run it now. */
export const ADD_NODE =
  'Add a ready node with the handler, or loosen the nodeSelector, affinity or tolerations of the Pod.';

/** What the author can do, in one or two sentences; empty where there is nothing to do. */
export function fixSentence(decision: Decision): string {
  switch (decision.outcome) {
    case 'out-of-bounds':
      return 'Take out what it does not need, or make several Pods of it. No exemption waives this.';
    case 'explicit-not-enough':
      if (decision.placement[0]?.runtimeClass === '')
        return 'Leave runtimeClassName out, or name a RuntimeClass.';
      if (isTooWeakAlone(decision) && misspeltFix(decision) !== '') return misspeltFix(decision);
      if (decision.suggestion === undefined) return changeNamed(decision);
      return either(otherClass(decision.suggestion, decision), vouchPhrase(decision) || vmmPhrase(decision));
    case 'added-not-contained':
      return `Put it into a new Pod, which is given the sandbox that it needs, or leave it out${byDebug(decision)}.`;
    case 'nothing-contains':
      return strongEnough(decision.placement).length > 0
        ? either(changePod(decision), vmmPhrase(decision))
        : strongerClass(decision);
    case 'unavailable':
      return ADD_NODE;
    case 'nothing-required':
    case 'explicit-enough':
    case 'injected':
    case 'raised':
    case 'deleting':
    case 'nothing-added':
    case 'added-contained':
    case 'mirror':
    case 'not-judged':
      return '';
  }
}

/** kubectl's default is the profile `general`, which gives the container SYS_PTRACE (pkg/cmd/debug/profiles.go). */
const byDebug = ({ added = [] }: Decision): string =>
  added.some(({ path, waivedBy }) => waivedBy === undefined && path.startsWith('spec.ephemeralContainers'))
    ? ', as kubectl debug --profile=baseline does'
    : '';

/**
 * Names the class to set. If the field is left out, the chosen class is only just isolated enough: less than an author may
 * want.
 */
function otherClass(suggestion: string, decision: Decision): string {
  const {
    placement: [here],
    required,
    isService,
  } = decision;
  const { field } = wordsFor(decision);
  const isThere = here?.objections.every(({ code }) => code !== 'missing');
  const leaving =
    !isService && required !== 'host-kernel' && isThere && here && atLeast(required, here.isolation);
  return `Set ${field} to ${quote(suggestion)}${leaving ? ', or leave it out and one is chosen' : ''}.`;
}

/** Whether only the isolation stands against the class that the author named. */
const isTooWeakAlone = ({ placement }: Decision): boolean =>
  placement.every(({ objections }) => objections.every(({ code }) => code === 'too-weak'));

function strongerClass(decision: Decision): string {
  const misspelt = misspeltFix(decision);
  if (misspelt !== '') return misspelt;
  const way =
    vouchPhrase(decision) ||
    `install a ${wordsFor(decision).sandboxClass} that isolates as ${decision.required}`;
  return either(changePod(decision), way);
}

/** @param phrase what can be done instead; may be empty */
function either(first: string, phrase: string): string {
  if (phrase === '') return first;
  return first ? `${first} Or ${phrase}.` : sentence(phrase);
}

/** What to do where no class would do that isolates at least as well as the one that the author named. */
function changeNamed(decision: Decision): string {
  const change = changePod(decision);
  if (change !== '') return either(change, vouchPhrase(decision) || vmmPhrase(decision));
  // That class is too weak, and more of the Pod may stand against stronger ones.
  const { unnamed = [], required } = decision;
  const [stronger] = byObjections(unnamed);
  const { field, sandboxClass } = wordsFor(decision);
  const naming = stronger ? `Set ${field} to ${quote(stronger.runtimeClass)}. ` : '';
  const installing = `install a ${sandboxClass} that isolates as ${required}, and name it`;
  const way = vouchPhrase(decision) || (stronger ? '' : installing);
  return either(`${naming}${changePod(decision, unnamed)}`.trimEnd(), way);
}

/** The classes that isolate enough, beginning with the one that has the least against it. */
const byObjections = (placement: Decision['placement']): PlacementStep[] =>
  strongEnough(placement).toSorted((a, b) => a.objections.length - b.objections.length);

/**
 * How to change the Pod: first what blocks everywhere, then what the nearest class objects to, then what requires the
 * isolation. What is exempt comes last, as its author has been told that it may stay.
 */
function changePod(decision: Decision, placement = decision.placement): string {
  const { governing, required, findings, outcome } = decision;
  const [here] = placement;
  if (outcome === 'explicit-not-enough' && here?.objections.some(({ code }) => code === 'missing')) {
    const purposes = purposesOf(decision);
    if (purposes.length > 0) return exemptionFor(purposes, decision);
    return `Create the ${wordsFor(decision).sandboxClass}, or name one that there is.`;
  }
  // It is only said where it gives up no sandbox that the author has chosen.
  if (outcome === 'explicit-not-enough' && required === 'host-kernel' && here?.isolation === 'host-kernel') {
    return `Leave ${wordsFor(decision).field} out: nothing requires a sandbox.`;
  }
  const [nearest] = byObjections(placement);
  const against = nearest ? signalsAgainst(nearest) : [];
  const unwaived = (signal: SignalId): boolean => !isWaived(signal, findings);
  const floors = governing.floors.filter(floor => floor.isolation === required);
  const choices: readonly SignalId[][] = [
    blockers(placement).filter(unwaived),
    against.filter(unwaived),
    floors.filter(({ because }) => because === 'signal').map(({ id }) => id),
    against,
    // If no signal alone is the reason, their sum may be.
    floors.some(({ because }) => because === 'tier') ? signalsToRemove(decision) : [],
  ];
  const signals = choices.find(list => list.length > 0);
  if (signals)
    return `${fixesOf(signals, decision)}${decision.isService ? '' : vouching(placement)}`.trimStart();
  const contradicts = nearest?.objections.some(
    ({ code, signal }) => code === 'unsupported' && signal === undefined,
  );
  if (contradicts) return 'Take the label out of the nodeSelector: the RuntimeClass sets it.';
  const unknown = floors.some(({ because, id }) => because === 'namespace' && id === 'unknown');
  return unknown ? 'Try again once the namespace is known.' : '';
}

/**
 * What an operator can say: where only a privileged container stands against a VM, they may know what the API does not show,
 * which is that its handler gives out no devices of the host.
 */
function vouching(placement: Decision['placement']): string {
  const handler = strongEnough(placement).find(
    ({ isolation, objections: [only, ...more] }) =>
      atLeast(isolation, 'vm') &&
      more.length === 0 &&
      only?.code === 'exposed' &&
      only.signal === 'privileged',
  )?.handler;
  return handler === undefined
    ? ''
    : ` Or say in a SandboxProfile that handler ${quote(handler)} gives privileged containers no host devices (privilegedWithoutHostDevices), if that is so.`;
}

/**
 * What an operator can say about a handler called `kata`, which may be any VMM, and counts as the one that does least
 * (policies/profiles/kata.yaml). On AKS it is Cloud Hypervisor, on OpenShift QEMU, and both share file systems.
 */
function vmmPhrase({ placement, isService }: Decision): string {
  // Kata's documents describe no other VMM than QEMU under Docker.
  if (isService) return '';
  const handler = strongEnough(placement).find(
    ({ profile, objections }) => profile === 'kata' && objections.every(isOfVmm),
  )?.handler;
  return handler === undefined
    ? ''
    : `say in a SandboxProfile which VMM handler ${quote(handler)} runs (extends: kata-clh on AKS, kata-qemu on OpenShift)`;
}

/** Signals that a VMM with a shared file system can serve, and one that copies files in cannot. */
export const OF_VMM: ReadonlySet<SignalId> = new Set([
  'blockVolume',
  'persistentVolumeClaim',
  'ephemeralVolume',
  'networkVolume',
  'mountPropagationHostToContainer',
]);
const isOfVmm = ({ code, signal }: Objection): boolean =>
  code === 'no-node' || (code === 'unsupported' && signal !== undefined && OF_VMM.has(signal));

/** A denial has one line for the fixes, usually with something after them. */
const FIXES_LIMIT = 260;

/** Gives as many fixes as can be read, and the number of the others. Signals for which no change of the Pod helps come first. */
function fixesOf(signals: readonly SignalId[], decision: Decision): string {
  const purposes = signals.filter(signal => isPurpose(signal, decision));
  const unwaived = purposes.filter(signal => !isWaived(signal, decision.findings));
  const others = signals
    .filter(signal => !purposes.includes(signal))
    .flatMap(signal => ownFixes(signal, decision));
  if (purposes.length > 0 && unwaived.length + others.length === 0) return otherPlace(decision);
  return someFixes([
    ...new Set([...(unwaived.length > 0 ? [exemptionFor(unwaived, decision)] : []), ...others]),
  ]);
}

function someFixes(fixes: readonly string[]): string {
  const [first = '', ...others] = fixes;
  let text = first;
  let more = others.length;
  for (const fix of others) {
    if (text.length + 1 + fix.length > FIXES_LIMIT) break;
    text += ` ${fix}`;
    more--;
  }
  return more > 0 ? `${text} And ${count(more, 'more fix', 'more fixes')}.` : text;
}

/** What can be done about one signal, with a sentence for each kind of finding; empty where nothing can. */
export function fixFor(signal: SignalId, decision: Decision): string {
  if (!isPurpose(signal, decision)) return ownFixes(signal, decision).join(' ');
  return isWaived(signal, decision.findings) ? '' : exemptionFor([signal], decision);
}

/** What can be done about one finding. */
export function fixOf(finding: Finding, decision: Decision): string {
  const { signal } = finding;
  return isPurpose(signal, decision) ? fixFor(signal, decision) : sentence(ownFix(finding, decision));
}

/** The fixes for its findings, without repeats. Where only some are exempt, those may stay. */
function ownFixes(signal: SignalId, decision: Decision): string[] {
  const { findings } = decision;
  const found = findings.filter(finding => finding.signal === signal);
  const unwaived = found.filter(({ waivedBy }) => waivedBy === undefined);
  const meant = unwaived.length > 0 ? unwaived : found;
  const fixes = (meant.length > 0 ? meant : [{ signal }]).map(one => ownFix(one, decision));
  return [...new Set(fixes)].map(sentence);
}

function ownFix({ signal, value }: Pick<Finding, 'signal' | 'value'>, { isService }: Decision): string {
  const own = isService ? COMPOSE_FIXES[signal] : undefined;
  if (own !== undefined) return own;
  const { fix = `remove ${signal}`, fixes = [] } = signalById.get(signal) ?? {};
  return fixes.find(({ of }) => of.test(String(value)))?.fix ?? fix;
}
