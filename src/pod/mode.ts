/** What a namespace wants done with a decision, mildest first. Each does what the one before it does, and more. */
export const MODES = ['off', 'audit', 'warn', 'inject', 'enforce'] as const;
export type Mode = (typeof MODES)[number];

/**
 * The mode that a path or label names. An unknown word means `enforce`: a misspelt registration or label is noticed by
 * a denial, never by Pods that were let through.
 */
export const modeOf = (word: string | undefined): Mode => MODES.find(mode => mode === word) ?? 'enforce';

/** True when the mode does what `least` does. */
export const reaches = (mode: Mode, least: Mode): boolean => MODES.indexOf(mode) >= MODES.indexOf(least);
