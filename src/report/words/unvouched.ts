import type { Decision } from '../../decision/decision.ts';
import type { Unvouched } from '../../decision/unvouched.ts';
import { DEBUG_CONSOLE, hasDebugConsole } from '../../profiles/flaws.ts';
import { quote, someOf } from '../../source/text.ts';
import { wordsFor } from './kinds.ts';

/**
 * Why classes that may have been meant to isolate do not, one sentence each: for unknown handlers, for doubtful ones, for those
 * with a debug console, for which nobody may vouch, and for others.
 */
export function unvouchedWords(decision: Decision): string[] {
  const { unvouched = [] } = decision;
  const named = (some: readonly Unvouched[]): string =>
    someOf(
      some.map(
        ({ runtimeClass, handler }) =>
          `${quote(handler)} of ${wordsFor(decision).sandboxClass} ${quote(runtimeClass)}`,
      ),
    );
  const unknown = unvouched.filter(({ isUnknown }) => isUnknown);
  const known = unvouched.filter(({ isUnknown, reason }) => !isUnknown && reason === undefined);
  const [withConsole, others] = [known.filter(hasConsole), known.filter(one => !hasConsole(one))];
  const doubtful = unvouched.filter(({ reason }) => reason !== undefined);
  return [
    ...(unknown.length > 0
      ? [`nothing is known of handler ${named(unknown)}: it counts as the host kernel`]
      : []),
    ...doubtful.map(one => `handler ${named([one])} counts as the host kernel: ${one.reason}`),
    ...(withConsole.length > 0
      ? [`handler ${named(withConsole)} counts as the host kernel: ${DEBUG_CONSOLE}`]
      : []),
    ...(others.length > 0 ? [`handler ${named(others)} is the host kernel`] : []),
  ];
}

const hasConsole = ({ handler }: Unvouched): boolean => hasDebugConsole(handler);

/** What an operator can do about them, as a phrase; empty where there are none. */
export function vouchPhrase({ unvouched = [], isService }: Decision): string {
  const unknown = unvouched.filter(({ isUnknown }) => isUnknown);
  const open = unknown.length > 0 ? unknown : unvouched.filter(({ reason }) => reason !== undefined);
  if (open.length > 0) {
    const handlers = open.map(({ handler }) => quote(handler));
    return `say in a SandboxProfile what handler ${someOf(handlers)} is, if it isolates`;
  }
  const [first] = unvouched;
  if (isService) return '';
  return first ? `make RuntimeClass ${quote(first.runtimeClass)} anew with the handler of a sandbox` : '';
}
