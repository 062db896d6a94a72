import { resolve } from 'node:path';

/** The modules that a module imports, other than by `import()`. */
type ImportsOf = (id: string) => readonly string[];

const COMMANDS = resolve(import.meta.dirname, '../../src/cli');
/** Every command needs this module, so it lies in a file of its own, which is loaded anyway. */
const ALWAYS = `${COMMANDS}/run.ts`;
const JUDGING = ['review/review.ts', 'explain/explain.ts', 'diff/diff.ts'].map(file => `${COMMANDS}/${file}`);

/**
 * Puts everything that the judging commands have in common into one file. Left to itself, rolldown makes a file for each set
 * of commands that share something: `review` loaded 75 of them, and Node has to find, read and link each.
 *
 * Whatever a module in this file imports is reached by all of these commands, too, so the file needs none that needs it.
 *
 * @returns what to ask of each module: the name of its file, or null where rolldown decides
 */
export function chunks(): (id: string, importsOf: ImportsOf) => string | null {
  let isCommon: ((id: string) => boolean) | undefined;
  return (id, importsOf) => {
    isCommon ??= commonOf(importsOf);
    return isCommon(id) ? 'judging' : null;
  };
}

function commonOf(importsOf: ImportsOf): (id: string) => boolean {
  const judging = JUDGING.map(file => reached(file, importsOf));
  const always = reached(ALWAYS, importsOf);
  return id => judging.every(all => all.has(id)) && !always.has(id);
}

/** The module itself, and everything that it imports, directly or not. */
function reached(from: string, importsOf: ImportsOf): ReadonlySet<string> {
  const all = new Set([from]);
  for (const id of all) for (const imported of importsOf(id)) all.add(imported);
  return all;
}
