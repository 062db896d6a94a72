import process from 'node:process';
import type { Json, JsonMap } from './json.ts';
import type { Random } from './random.ts';

/** What became of an input. */
export interface Reached {
  /** Codes of what was answered: what the corpus has one input of each for. */
  readonly codes: readonly string[];
  /** How long our own code took. */
  readonly milliseconds: number;
  /** A Pod that was judged. */
  readonly pod?: unknown;
}

/** One kind of input, and what has to hold for each. */
export interface Target<Input extends JsonMap = JsonMap> {
  readonly name: string;
  /** How many of a hundred inputs are of this kind. */
  readonly share: number;
  /** @param turn which of its inputs it is */
  make(random: Random, turn: number): Input;
  /** @throws Finding where something does not hold; anything else that it throws is a crash */
  run(input: Input): Promise<Reached>;
}

/** Something that has to hold and does not. */
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
/** The same as in `src/source/text.ts`: what could move a cursor, forge a line or turn text around. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** A list of nothing within a sentence; not the end of what somebody wrote (`object.spec.contain...`). */
const GAP = /(?:^| )(?:adds|because of|contain|supports|waives) ?(?:[,.;]|$)/;

/** What users are told is text, on one line, and shows nothing of how we are built. */
export function holdSpeakable(text: unknown): void {
  hold(typeof text === 'string' && text !== '', 'a message is missing', text);
  hold(!INSIDES.test(text), 'a message shows how we are built', text);
  hold(!UNSAFE.test(text), 'a message holds characters that are not text', text);
  hold(!GAP.test(text), 'a message has a gap', text);
}

/** What a message says, in four words at most that are ours and not the input's: the same for what is the same fault. */
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

/** Words for any shape that something has or should have. */
const SHAPES = new Set(
  'a an the or and list map string text number whole empty null true false y'.split(' '),
);
/** What a message says begins with one of these, behind what it is about. */
const STARTS = new Set(
  'is where follows takes needs there no not exactly found at missing in nested'.split(' '),
);

/** Words that are all of a text or a key, in JSON and in YAML. */
const WHOLE = /(?<=["'\s[{-]|^)[A-Za-z]+(?=["'\]},:]|$)/gm;

/** What the processor did for it, in milliseconds: a busy machine makes no code slow. */
export async function timed<T>(
  work: () => T | Promise<T>,
): Promise<{ readonly done: T; readonly milliseconds: number }> {
  const before = process.threadCpuUsage();
  const done = await work();
  const { user, system } = process.threadCpuUsage(before);
  return { done, milliseconds: (user + system) / 1000 };
}
