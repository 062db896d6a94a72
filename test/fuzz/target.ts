import process from 'node:process';
import type { Json, JsonMap } from './json.ts';
import type { Random } from './random.ts';

/** The outcome of an input. */
export interface Reached {
  /** The codes of the answers; the corpus has one input for each of them. */
  readonly codes: readonly string[];
  /** The time that our own code took. */
  readonly milliseconds: number;
  /** The Pod that was judged, if any. */
  readonly pod?: unknown;
}

/** A kind of input, and the properties that must hold for each. */
export interface Target<Input extends JsonMap = JsonMap> {
  readonly name: string;
  /** How many inputs of a hundred are of this kind. */
  readonly share: number;
  /** @param turn the number of the input among those of this kind */
  make(random: Random, turn: number): Input;
  /** @throws Finding where a property does not hold; any other error is a crash */
  run(input: Input): Promise<Reached>;
}

/** A property that must hold and does not. */
export class Finding extends Error {
  readonly details: readonly Json[];

  constructor(message: string, ...details: readonly Json[]) {
    super(message);
    this.details = details;
  }
}

/** @throws Finding */
export function hold(condition: unknown, message: string, ...details: readonly unknown[]): asserts condition {
  if (!condition) throw new Finding(message, ...(details as Json[]));
}

const INSIDES =
  /\n\s+at |\.[cm]?[jt]s:\d+|node:internal|(?:Type|Range|Syntax)Error|internal error|undefined|NaN|\[object |Cannot read/;
/** The same pattern as in `src/source/text.ts`: characters that could move a cursor, forge a line or turn text around. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** An empty list within a sentence, but not the end of what somebody wrote (`object.spec.contain...`). */
const GAP = /(?:^| )(?:adds|because of|contain|supports|waives) ?(?:[,.;]|$)/;

/** Checks that a message is text, on one line, and reveals nothing of how the program is built. */
export function holdSpeakable(text: unknown): void {
  hold(typeof text === 'string' && text !== '', 'a message is missing', text);
  hold(!INSIDES.test(text), 'a message shows how we are built', text);
  hold(!UNSAFE.test(text), 'a message holds characters that are not text', text);
  hold(!GAP.test(text), 'a message has a gap', text);
}

/** The words of a message, four at most, that are ours and not the input's, so that they are the same for the same fault. */
export function ownWords(message: string, input: string): string {
  const given = new Set(Array.from(input.matchAll(WHOLE), ([word]) => word));
  const words = message
    .replace(/"(?:[^"\\]|\\.)*"/g, '')
    .split(/\s+/)
    .map(word => word.replace(/[,:;.]$/, ''))
    .filter(word => /^[a-z]{1,12}$/.test(word) && !SHAPES.has(word));
  const start = words.findIndex(word => STARTS.has(word));
  return words
    .slice(Math.max(0, start))
    .filter(word => STARTS.has(word) || !given.has(word))
    .slice(0, 4)
    .join(' ');
}

/** The words for each shape that a value has or should have. */
const SHAPES = new Set(
  'a an the or and list map string text number whole empty null true false y'.split(' '),
);
/** The words with which a message begins, after its subject. */
const STARTS = new Set(
  'is where follows takes needs there no not exactly found at missing in nested'.split(' '),
);

/** Words that make up a whole text or key, in JSON and in YAML. */
const WHOLE = /(?<=["'\s[{-]|^)[A-Za-z]+(?=["'\]},:]|$)/gm;

/** Measures processor time, in milliseconds, as a busy machine makes no code slow. */
export async function timed<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly done: T; readonly milliseconds: number }> {
  const before = process.threadCpuUsage();
  const done = await work();
  const { user, system } = process.threadCpuUsage(before);
  return { done, milliseconds: (user + system) / 1000 };
}
