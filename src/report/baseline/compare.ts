import { VERDICTS } from '../../decision/decision.ts';
import { rank } from '../../profiles/isolation.ts';
import type { Reviewed } from '../result.ts';
import { type Entry, type Gone, isolationOf, type Known, type Since, WORSE, type Worse } from '../since.ts';
import { entryOf, fileOf, keptFindings } from './entry.ts';
import { objectOf } from './identity.ts';

/** A review compared with a baseline. */
export interface Compared {
  /** What is new in each result, in their order; undefined for an admitted one, unless it is less isolated than before. */
  readonly since: readonly (Since | undefined)[];
  /** What the baseline has and the review lacks, or has in a milder form. */
  readonly gone: readonly Gone[];
}

/**
 * Compares what was judged with what was known. An object is known by its kind, namespace and name; objects with the same name
 * are matched first by their files, and otherwise in their order, so that a file may move. One that is mended in its place
 * makes no room for another of its name.
 */
export function compare(known: readonly Entry[], results: readonly Reviewed[]): Compared {
  const entries = results.map(entryOf);
  const pairs = new Map<Reviewed, Entry>();
  const pair = (isAdmitted: boolean, take: (result: Reviewed) => Entry | undefined): void =>
    results.forEach((result, i) => {
      const entry = (entries[i] === undefined) === isAdmitted && !pairs.has(result) && take(result);
      if (entry) pairs.set(result, entry);
    });
  const stood = shelve(known, placeOf);
  const takeStood = (result: Reviewed) =>
    stood.take(placeOf({ object: objectOf(result), file: fileOf(result) }));
  // A mended object makes no room, so those that are not mended are matched first.
  pair(false, takeStood);
  pair(true, takeStood);
  const moved = shelve(stood.left(), ({ object }) => object);
  const takeMoved = (result: Reviewed) => moved.take(objectOf(result));
  pair(false, takeMoved);
  pair(true, takeMoved);
  const since = results.map((result, i) => sinceOf(result, entries[i], pairs.get(result)));
  const mended = results.flatMap((result, i) => (entries[i] || since[i] ? [] : (pairs.get(result) ?? [])));
  return {
    since,
    gone: [
      ...[...mended, ...moved.left()].map(entry => ({ entry, findings: 0 })),
      ...results.flatMap((result, i) => goneFrom(entries[i], pairs.get(result))),
    ],
  };
}

const placeOf = ({ object, file }: Pick<Entry, 'object' | 'file'>): string => `${object}\n${file}`;

/** Entries by a key, each of which is taken once, in their order. */
function shelve(entries: readonly Entry[], keyOf: (entry: Entry) => string) {
  const shelf = Map.groupBy(entries.toReversed(), keyOf);
  return {
    take: (key: string): Entry | undefined => shelf.get(key)?.pop(),
    left: (): readonly Entry[] => [...shelf.values()].flat().toReversed(),
  };
}

/** @param now what is kept about it; undefined for an admitted object, which is only reported for being less isolated */
function sinceOf(result: Reviewed, now: Entry | undefined, was: Entry | undefined): Since | undefined {
  const isLess = was !== undefined && isLessIsolated(result, was);
  if (!now)
    return isLess ? { state: 'worse', was: knownOf(was), worse: ['isolation'], added: NONE } : undefined;
  const kept = keptFindings(result);
  if (!was) return { state: 'new', worse: [], added: new Set(kept.map(({ finding }) => finding)) };
  const before = new Set(was.findings.map(({ fingerprint }) => fingerprint));
  const added = new Set(
    kept.filter(({ fingerprint }) => !before.has(fingerprint)).map(({ finding }) => finding),
  );
  const harder = VERDICTS.indexOf(now.verdict) - VERDICTS.indexOf(was.verdict);
  const is: Readonly<Record<Worse, boolean>> = {
    outcome: harder > 0 || (harder === 0 && now.outcome !== was.outcome),
    isolation: isLess,
    required: rank(now.required) > rank(was.required),
    score: rank(now.score) > rank(was.score),
    findings: added.size > 0,
  };
  const worse = WORSE.filter(one => is[one]);
  return { state: worse.length > 0 ? 'worse' : 'known', was: knownOf(was), worse, added };
}

const NONE: Since['added'] = new Set();

const knownOf = ({ verdict, outcome, required, score, isolation }: Entry): Known => ({
  verdict,
  outcome,
  required,
  score,
  ...(isolation !== undefined && { isolation }),
});

/** A rejected object runs nowhere. */
function isLessIsolated({ decision: { isolation } }: Reviewed, was: Entry): boolean {
  const before = isolationOf(was);
  return isolation !== undefined && before !== undefined && rank(isolation) < rank(before);
}

function goneFrom(now: Entry | undefined, was: Entry | undefined): Gone[] {
  if (!now || !was) return [];
  const still = new Set(now.findings.map(({ fingerprint }) => fingerprint));
  const findings = was.findings.filter(({ fingerprint }) => !still.has(fingerprint)).length;
  return findings > 0 ? [{ entry: was, findings }] : [];
}
