import type { Signal } from '../../signals/signal.ts';

/** Signals to list. */
export interface Listed {
  readonly signals: readonly Signal[];
  /** Whether somebody asked for these, so that everything about each is shown. */
  readonly isNamed: boolean;
}
