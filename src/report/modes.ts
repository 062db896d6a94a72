import type { Review } from './result.ts';

/** What becomes of the verdicts where the webhook does not do all it could. */
const MODES: Readonly<Record<string, string>> = {
  off: 'the webhook does not look; these verdicts are what it would find.',
  audit: 'verdicts are recorded; nobody is warned, nothing is changed or rejected.',
  warn: 'clients are warned; nothing is changed or rejected.',
  inject: 'classes are set, and clients warned; nothing is rejected.',
};

/** A line for each mode that some object is in. */
export const modeLines = ({ results }: Review): string[] =>
  Object.entries(MODES)
    .filter(([mode]) => results.some(result => result.mode === mode))
    .map(([mode, what]) => `Mode ${mode}: ${what}`);
