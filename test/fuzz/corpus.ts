import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { inputAt, TARGETS } from './campaign.ts';
import type { JsonMap } from './json.ts';
import { shrink } from './shrink.ts';
import type { Reached, Target } from './target.ts';

const FOLDER = new URL('corpus/', import.meta.url);
/** Inputs with such names were found to fail; they are kept when the rest is made anew. */
const FOUND = 'found-';

/** An input that is kept, with what it reaches. */
export interface Kept {
  readonly file: string;
  readonly target: Target;
  readonly input: JsonMap;
  /** The codes that it must reach; none for one that was found to fail, which must only pass. */
  readonly reaches: readonly string[];
}

export function readCorpus(): readonly Kept[] {
  return readdirSync(FOLDER)
    .sort()
    .map(file => {
      const { target, input, reaches } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'));
      const known = TARGETS.find(({ name }) => name === target);
      if (!known) throw new Error(`${file}: there is no target ${target}`);
      return { file, target: known, input, reaches };
    });
}

/** Writes each member on a line of its own. */
function write(file: string, kept: object): Promise<void> {
  const members = Object.entries(kept).map(([key, value]) => `  "${key}": ${JSON.stringify(value)}`);
  return writeFile(new URL(file, FOLDER), `{\n${members.join(',\n')}\n}\n`);
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);

/** @returns the name of the file */
export async function saveFound({ name }: Target, reason: string, input: JsonMap): Promise<string> {
  const file = `${FOUND}${name}-${slug(reason)}.json`;
  await mkdir(FOLDER, { recursive: true });
  await write(file, { target: name, reaches: [], input });
  return file;
}

interface First {
  readonly seed: number;
  readonly index: number;
  /** The codes that no input before it has reached. */
  readonly codes: string[];
}

/** The most tries for a large input, each of which takes as long as the input is large. */
const MOST_TRIES = 400;

/** Remembers the inputs that reached something new, by their numbers, as inputs can be made again. */
export class Collector {
  readonly #seen = new Set<string>();
  readonly #first: First[] = [];

  look(seed: number, index: number, { name }: Target, { codes }: Reached): void {
    const news = codes.filter(code => !this.#seen.has(keyOf(name, code)));
    for (const code of news) this.#seen.add(keyOf(name, code));
    if (news.length > 0) this.#first.push({ seed, index, codes: news });
  }

  /**
   * Makes the corpus anew, each input as small as it can be.
   * @returns the number of inputs
   */
  async save(): Promise<number> {
    await mkdir(FOLDER, { recursive: true });
    for (const file of readdirSync(FOLDER)) if (!file.startsWith(FOUND)) await rm(new URL(file, FOLDER));
    for (const { seed, index, codes } of this.#first) {
      const { target, input } = inputAt(seed, index);
      const small = await shrink(input, smaller => reaches(target, smaller, codes), MOST_TRIES);
      const file = `${keyOf(target.name, codes[0] as string)}.json`;
      await write(file, { target: target.name, reaches: codes, input: small });
    }
    return this.#first.length;
  }
}

const keyOf = (target: string, code: string): string => `${target}-${slug(code)}`;

async function reaches(target: Target, input: JsonMap, codes: readonly string[]): Promise<boolean> {
  try {
    const reached = await target.run(input);
    return codes.every(code => reached.codes.includes(code));
  } catch {
    // The value is no longer an input.
    return false;
  }
}
