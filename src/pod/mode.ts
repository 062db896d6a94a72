/** What is to be done with decisions in a namespace, mildest first. Each mode does what the one before it does, and more. */
export const MODES = ['off', 'audit', 'warn', 'inject', 'enforce'] as const;
export type Mode = (typeof MODES)[number];

/**
 * The mode that a path or label names. An unknown word means `enforce`: a misspelt registration or label shows in a denial,
 * never in Pods that were let through.
 */
export const modeOf = (word: string | undefined): Mode => MODES.find(mode => mode === word) ?? 'enforce';

/** True when the mode does what `least` does. */
export const reaches = (mode: Mode, least: Mode): boolean => MODES.indexOf(mode) >= MODES.indexOf(least);
