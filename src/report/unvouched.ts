import type { Decision } from '../decision/decision.ts';
import { quote } from './text.ts';
import { someOf } from './words.ts';

/** Why classes that may have been meant to isolate do not, a sentence each for those of an unknown handler and the others. */
export function unvouchedWords({ unvouched = [] }: Decision): string[] {
  const named = (isUnknown: boolean): string[] =>
    unvouched
      .filter(one => one.isUnknown === isUnknown)
      .map(({ runtimeClass, handler }) => `${quote(handler)} of RuntimeClass ${quote(runtimeClass)}`);
  const [unknown, known] = [named(true), named(false)];
  return [
    ...(unknown.length > 0
      ? [`nothing is known of handler ${someOf(unknown)}: it counts as the host kernel`]
      : []),
    ...(known.length > 0 ? [`handler ${someOf(known)} is the host kernel`] : []),
  ];
}

/** What an operator can do about them, a phrase; empty where there are none. */
export function vouchPhrase({ unvouched = [] }: Decision): string {
  const unknown = unvouched.filter(({ isUnknown }) => isUnknown).map(({ handler }) => quote(handler));
  if (unknown.length > 0) return `say in a SandboxProfile what handler ${someOf(unknown)} is, if it isolates`;
  const [first] = unvouched;
  return first ? `make RuntimeClass ${quote(first.runtimeClass)} anew with the handler of a sandbox` : '';
}
