import type { SandboxExemption } from '../policy/types.gen.ts';
import { freeNames } from '../source/free-name.ts';
import { type Atom, Atoms, assembled, namespaceOf } from './atoms.ts';
import { Court } from './court.ts';
import type { Decision } from './decision.ts';
import { draftedExemption } from './draft-exemption.ts';
import type { Ground } from './ground.ts';
import type { Runs } from './runs.ts';

/** An exemption, and what it is for. */
export interface SuggestedExemption<R extends Runs> {
  readonly exemption: SandboxExemption;
  /** What would be rejected without it. */
  readonly runs: readonly R[];
}

export interface Suggestion<R extends Runs> {
  readonly exemptions: readonly SuggestedExemption<R>[];
  /** The decisions with these in force, in the order in which the runs were given. */
  readonly decisions: readonly Decision[];
}

export interface SuggestOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The number of days for which the exemptions are in force. */
  readonly days: number;
  /** Further names that no exemption may have, besides those of exemptions in force: the names of broken ones. */
  readonly taken?: readonly string[];
  /** Called for each decision, as these take the time. */
  readonly decided?: () => void;
}

/** Drafts are based on decisions with the drafts before in force; hardly anything needs a second round. */
const MOST_ROUNDS = 4;

/**
 * The narrowest exemptions with which nothing that runs would be rejected, as far as exemptions can do that: one for each
 * namespace, service account and set of images, of the fewest signals and values. Taking away any value that one waives would
 * get something rejected that is not. The function is pure, except that it calls `decided`.
 */
export function suggestExemptions<R extends Runs>(
  all: readonly R[],
  ground: Ground,
  { now, days, taken = [], decided = () => {} }: SuggestOptions,
): Suggestion<R> {
  const court = new Court(all, ground, now, decided);
  const atoms = needed(court, now, days);
  const inForce = ground.snapshot.exemptions.map(({ name }) => name);
  const exemptions = exemptionsOf(atoms, court, [...inForce, ...taken]);
  return { exemptions, decisions: court.decidedWith(exemptions.map(({ exemption }) => exemption)) };
}

/** The atoms without which something would be rejected that is not rejected with them. */
function needed(court: Court<Runs>, now: number, days: number): readonly Atom[] {
  const known = new Atoms();
  let all: readonly Atom[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const drafts = court.rejected.flatMap(
      ({ runs, decision }) => draftedExemption(decision, runs.subject, runs.pod, now, [], days) ?? [],
    );
    const more = known.add(drafts);
    if (more.length === 0) break;
    court.enforce(more);
    all = [...all, ...more];
  }
  // The last ones are tried first, as an earlier draft may ask for what a later one does.
  const needless = new Set(all.toReversed().filter(atom => court.dismiss(atom)));
  return all.filter(atom => !needless.has(atom));
}

/** The exemptions; those of one namespace stand together. */
function exemptionsOf<R extends Runs>(
  atoms: readonly Atom[],
  court: Court<R>,
  taken: readonly string[],
): readonly SuggestedExemption<R>[] {
  const free = freeNames(taken);
  const sorted = [...Map.groupBy(atoms, namespaceOf).values()].flat();
  return [...Map.groupBy(sorted, ({ match }) => match).values()].flatMap(some => {
    const runs = court.savedBy(some);
    return assembled(some).map(one => ({
      exemption: { ...one, metadata: { ...one.metadata, name: free(one.metadata.name) } },
      runs,
    }));
  });
}
