import type { Decision } from '../decision/decision.ts';
import { atLeast } from '../profiles/isolation.ts';
import { signalById } from '../signals/index.ts';
import type { SignalId } from '../signals/signal.ts';
import { signalsToWaive } from './exemption.ts';
import { misspeltFix } from './misspelt.ts';
import { blockers, isWaived, signalsAgainst, strongEnough } from './objection.ts';
import { count, list, quote, sentence } from './text.ts';
import { vouchPhrase } from './unvouched.ts';
import { titleOf } from './words.ts';

/** What the author can do, one or two sentences; empty where there is nothing to do. */
export function fixSentence(decision: Decision): string {
  switch (decision.outcome) {
    case 'out-of-bounds':
      return 'Take out what it does not need, or make several Pods of it. No exemption waives this.';
    case 'explicit-not-enough':
      if (decision.placement[0]?.runtimeClass === '')
        return 'Leave runtimeClassName out, or name a RuntimeClass.';
      if (isTooWeakAlone(decision) && misspeltFix(decision) !== '') return misspeltFix(decision);
      return either(
        decision.suggestion === undefined ? changePod(decision) : otherClass(decision.suggestion, decision),
        vouchPhrase(decision),
      );
    case 'added-not-contained':
      return `Put it into a new Pod, which is given the sandbox that it needs, or leave it out${byDebug(decision)}.`;
    case 'nothing-contains':
      return strongEnough(decision.placement).length > 0 ? changePod(decision) : strongerClass(decision);
    case 'unavailable':
      return 'Add a ready node with the handler, or loosen the nodeSelector, affinity or tolerations of the Pod.';
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

/** The default of kubectl is the profile `general`, which gives the container SYS_PTRACE (pkg/cmd/debug/profiles.go). */
const byDebug = ({ added = [] }: Decision): string =>
  added.some(({ path, waivedBy }) => waivedBy === undefined && path.startsWith('spec.ephemeralContainers'))
    ? ', as kubectl debug --profile=baseline does'
    : '';

/** Left out, a class is chosen that is as isolated as is required, which is less than an author may have chosen. */
function otherClass(suggestion: string, { placement: [here], required }: Decision): string {
  const isThere = here?.objections.every(({ code }) => code !== 'missing');
  const leaving = required !== 'host-kernel' && isThere && here && atLeast(required, here.isolation);
  return `Set runtimeClassName to ${quote(suggestion)}${leaving ? ', or leave it out and one is chosen' : ''}.`;
}

/** Whether nothing but the isolation stands against the class that its author named. */
const isTooWeakAlone = ({ placement }: Decision): boolean =>
  placement.every(({ objections }) => objections.every(({ code }) => code === 'too-weak'));

function strongerClass(decision: Decision): string {
  const misspelt = misspeltFix(decision);
  if (misspelt !== '') return misspelt;
  const way = vouchPhrase(decision) || `install a RuntimeClass that isolates as ${decision.required}`;
  return either(changePod(decision), way);
}

/** @param phrase what can be done instead; empty for nothing */
function either(first: string, phrase: string): string {
  if (phrase === '') return first;
  return first ? `${first} Or ${phrase}.` : sentence(phrase);
}

/**
 * What blocks everywhere comes first, then what the nearest class objects to, then what requires the isolation. What is
 * exempt comes last: its author has been told that it may stay.
 */
function changePod(decision: Decision): string {
  const { placement, governing, required, findings, outcome } = decision;
  const [here] = placement;
  if (outcome === 'explicit-not-enough' && here?.objections.some(({ code }) => code === 'missing')) {
    return 'Create the RuntimeClass, or name one that there is.';
  }
  // Only where that gives up no sandbox that its author has chosen.
  if (outcome === 'explicit-not-enough' && required === 'host-kernel' && here?.isolation === 'host-kernel') {
    return 'Leave runtimeClassName out: nothing requires a sandbox.';
  }
  const [nearest] = strongEnough(placement).toSorted((a, b) => a.objections.length - b.objections.length);
  const against = nearest ? signalsAgainst(nearest) : [];
  const unwaived = (signal: SignalId): boolean => !isWaived(signal, findings);
  const floors = governing.floors.filter(floor => floor.isolation === required);
  const choices: readonly SignalId[][] = [
    blockers(placement).filter(unwaived),
    against.filter(unwaived),
    floors.filter(({ because }) => because === 'signal').map(({ id }) => id),
    against,
  ];
  const signals = choices.find(list => list.length > 0);
  if (signals) return `${fixesOf(signals, decision)}${vouching(placement)}`.trimStart();
  const contradicts = nearest?.objections.some(
    ({ code, signal }) => code === 'unsupported' && signal === undefined,
  );
  if (contradicts) return 'Take the label out of the nodeSelector: the RuntimeClass sets it.';
  const unknown = floors.some(({ because, id }) => because === 'namespace' && id === 'unknown');
  return unknown ? 'Try again once the namespace is known.' : '';
}

/**
 * Where nothing but a privileged container stands against a VM, an operator may know what the API does not show: that
 * its handler hands out no devices of the host.
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

/** A denial has one line for them, most often with something behind them. */
const FIXES_LIMIT = 260;

/** As many as can be read, and how many more. */
function fixesOf(signals: readonly SignalId[], decision: Decision): string {
  const purposes = signals.filter(signal => isPurpose(signal, decision));
  const others = signals.filter(signal => !purposes.includes(signal)).map(signal => fixFor(signal, decision));
  const helps = purposes.filter(signal => signalsToWaive(decision).includes(signal));
  return someFixes([...new Set([...others, ...(helps.length > 0 ? [exemptionFor(helps)] : [])])]);
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

/** True where what is found is what the Pod is there for, so that its own fix is none. */
const isPurpose = (signal: SignalId, { findings }: Decision): boolean =>
  signalById.get(signal)?.isPurpose?.(findings) === true;

const exemptionFor = (signals: readonly SignalId[]): string =>
  `Nothing but an exemption helps: ${list(signals.map(titleOf))} ${signals.length > 1 ? 'are' : 'is'} what the Pod is there for.`;

/** What can be done about one signal, a sentence; empty where nothing can. */
export function fixFor(signal: SignalId, decision: Decision): string {
  if (!isPurpose(signal, decision)) return sentence(signalById.get(signal)?.fix ?? `remove ${signal}`);
  return signalsToWaive(decision).includes(signal) ? exemptionFor([signal]) : '';
}
