import type { SignalId } from '../../signals/signal.ts';
import { list } from '../../source/text.ts';
import { phraseOf } from './terms.ts';

/** What waived signals lead to: `with a privileged container, a container takes over its node`. */
export const riskWords = (breakouts: readonly SignalId[]): string =>
  `with ${list(breakouts.map(phraseOf))}, a container takes over its node`;
