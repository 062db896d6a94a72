import type { Outcome } from '../../src/decision/decision.ts';

/** Every outcome that a decision may have. */
export const OUTCOMES: readonly Outcome[] = [
  'nothing-required',
  'explicit-enough',
  'injected',
  'raised',
  'deleting',
  'nothing-added',
  'added-contained',
  'mirror',
  'not-judged',
  'out-of-bounds',
  'explicit-not-enough',
  'added-not-contained',
  'nothing-contains',
  'unavailable',
];
