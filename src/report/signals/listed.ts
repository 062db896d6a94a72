import type { Signal } from '../../signals/signal.ts';

/** Signals to list. */
export interface Listed {
  readonly signals: readonly Signal[];
  /** Somebody asked for these: all of each is told. */
  readonly isNamed: boolean;
}
