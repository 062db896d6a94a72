import { RE2Set } from 're2js';
import { reasonOf } from '../../source/reason.ts';

/*
RE2 takes time in proportion to text and pattern, and an author chooses the pattern: `a{1,1000}` is a thousand steps, a hundred
of these in one rule took 400 MB and seconds to compile, and `a[ab]{60}` reads each character as if it were a hundred.
*/

/** The most steps of all patterns of one expression. A digest of SHA-256 takes some 70, a name in Kubernetes some 500. */
export const MOST_STEPS = 1000;
/**
 * The most that the rules on one Pod may match together, in characters times steps. With a pattern made for it, each takes 50
 * to 100 ns: 0.4 s in all. It is enough to look for a digest in 50,000 characters.
 */
export const MATCHING = 4_000_000;
/** The cost of preparing a pattern, by its steps; it may be due for each Pod. */
const MAKING = 20;

/** How many patterns are kept ready, and how many bytes each may hold of what it has learnt from texts. */
const MOST_READY = 64;
const LEARNT_BYTES = 256 * 1024;
const ready = new Map<string, RE2Set>();

/** What is left of `MATCHING` while an expression is evaluated. */
export const matching = { left: MATCHING };

/** The steps of an RE2 pattern, or why it is no pattern or has too many steps. */
export function patternSteps(
  pattern: string,
): number | { readonly problem: string; readonly isTooLong?: true } {
  const steps = stepsOf(pattern);
  if (steps > MOST_STEPS)
    return { problem: `a pattern repeats too much: more than ${MOST_STEPS} steps`, isTooLong: true };
  try {
    makeReady(pattern);
    return steps;
  } catch (error) {
    return { problem: reasonOf(error) };
  }
}

/**
 * The cost of an expression before its evaluation begins.
 * @param steps of all its patterns
 */
export const makingCost = (steps: number): number => steps * MAKING;

/** Whether the pattern is found in a text. @param steps of the pattern @returns undefined where that would take too long */
export function isFound(pattern: string, steps: number, text: string): boolean | undefined {
  matching.left -= text.length * steps;
  return matching.left < 0 ? undefined : makeReady(pattern).match(text).length > 0;
}

/**
 * A set of one pattern: the library lets only sets limit their memory.
 * @throws what is wrong with the pattern
 */
function makeReady(pattern: string): RE2Set {
  const known = ready.get(pattern);
  const set = known ?? new RE2Set(RE2Set.UNANCHORED, 0, LEARNT_BYTES);
  if (!known) {
    set.add(pattern);
    set.compile();
  }
  ready.delete(pattern);
  ready.set(pattern, set);
  for (const oldest of ready.keys()) if (ready.size > MOST_READY) ready.delete(oldest);
  return set;
}

/** The steps of a Unicode class, which has hundreds of ranges. */
const CLASS_STEPS = 20;
const UNICODE = /\\p/gi;
/** Literal text, a class by name, a character by number, any other escape; a class, in which a `]` may come first. */
const TOKEN =
  /\\Q(?:[^\\]|\\(?!E))*(?:\\E|$)|\\[pP](?:\{[^}]*\}|.)|\\x\{[^}]*\}|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]|\{(?<least>\d+)(?<open>,(?<most>\d*))?\}|./gsu;

/** The steps of a pattern, or some more: they are counted before it is compiled, in time that is bounded by its length. */
export function stepsOf(pattern: string): number {
  const around: number[] = [];
  let sum = 0;
  let last = 0;
  for (const { 0: text, groups = {} } of pattern.matchAll(TOKEN)) {
    if (text === '(') {
      around.push(sum);
      sum = 0;
      continue;
    }
    const inside = sum;
    if (text === ')') sum = around.pop() ?? 0;
    const before = sum;
    if (groups.least !== undefined) sum += repeated(last, groups);
    else sum += text === ')' ? inside + 2 : stepsOfToken(text);
    last = sum - before + ('*+?{'.includes(text.charAt(0)) ? last : 0);
  }
  return around.reduce((all, one) => all + one, sum) + 2;
}

const stepsOfToken = (text: string): number =>
  text.startsWith('\\Q') ? text.length : 1 + CLASS_STEPS * (text.match(UNICODE)?.length ?? 0);

/** The steps that a repetition adds to those of what it repeats. */
function repeated(
  once: number,
  { least = '', open, most }: Readonly<Record<string, string | undefined>>,
): number {
  const times = Math.max(Number(least) + (open === undefined ? 0 : 1), Number(most ?? 0));
  return once * times + (times - Number(least));
}
