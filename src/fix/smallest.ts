import type { Decision } from '../decision/decision.ts';
import type { PodSubject } from '../input/subjects.ts';
import { type Change, type Group, groupsFor } from './change.ts';
import type { ManifestEdit } from './edit.ts';
import { revised } from './revise.ts';

/** What to reach, and how a Pod is judged. */
export interface Aim {
  readonly judge: (subject: PodSubject) => Decision;
  readonly isReached: (decision: Decision) => boolean;
  /** Whether the class that the author chose may be given up for it. */
  readonly freely: boolean;
}

/** The changes, and the decision after them. */
export interface Mended {
  readonly changes: readonly Change[];
  readonly edits: readonly ManifestEdit[];
  readonly subject: PodSubject;
  readonly decision: Decision;
}

/** The decision after all changes that a program can make, where these are not enough. */
export interface Unmended {
  readonly changes: readonly Change[];
  readonly left: Decision;
}

/** How many sets of changes are tried, the smaller ones first, before a small set is taken that may not be the smallest. */
const MOST_TRIES = 400;

/**
 * The fewest changes with which a Pod gets the wanted verdict. Each set is judged as the changed manifest would be, so what is
 * announced is what will be decided.
 * @param before the decision on the Pod as it is
 */
export function smallestChange(subject: PodSubject, before: Decision, aim: Aim): Mended | Unmended {
  const search = new Search(subject, aim);
  const groups = search.groupsOf(before);
  const all = search.try(groups);
  if (!all) return { changes: groups.flat(), left: before };
  if (!aim.isReached(all.decision)) return { changes: all.changes, left: all.decision };
  const needed = groups.filter(group => !search.reaches(groups.filter(other => other !== group)));
  const others = groups.filter(group => !needed.includes(group));
  return search.withoutNeedless(search.first(needed, others) ?? search.withFewer(groups) ?? all);
}

class Search {
  readonly #subject: PodSubject;
  readonly #aim: Aim;

  constructor(subject: PodSubject, aim: Aim) {
    this.#subject = subject;
    this.#aim = aim;
  }

  /**
   * Includes changes for findings that only appear after another change: on the host's network, no port and no probe counts as
   * the host's.
   */
  groupsOf(before: Decision): readonly Group[] {
    const { freely } = this.#aim;
    const groups = groupsFor(this.#subject, before, freely);
    const known = new Set(before.findings.map(({ signal }) => signal));
    const revealed = groups.flatMap(group => {
      // The other items of a list have other places once one is removed.
      if (group.some(({ edits }) => edits.some(({ keys }) => typeof keys.at(-1) === 'number'))) return [];
      const after = this.try([group]);
      const findings = after?.decision.findings.filter(({ signal }) => !known.has(signal)) ?? [];
      return after && findings.length > 0
        ? groupsFor(this.#subject, { ...after.decision, findings, placement: [] }, false)
        : [];
    });
    return [...groups, ...revealed.filter(group => group[0]?.because.what === 'finding')];
  }

  try(groups: readonly Group[]): Mended | undefined {
    return this.#with(groups.flat());
  }

  reaches(groups: readonly Group[]): boolean {
    return this.#reaching(groups.flat()) !== undefined;
  }

  #with(changes: readonly Change[]): Mended | undefined {
    const done = revised(
      this.#subject,
      changes.flatMap(({ edits }) => edits),
    );
    return done && { ...done, changes, decision: this.#aim.judge(done.subject) };
  }

  #reaching(changes: readonly Change[]): Mended | undefined {
    const done = this.#with(changes);
    return done && this.#aim.isReached(done.decision) ? done : undefined;
  }

  /** The needed changes, with as few of the others as possible. */
  first(needed: readonly Group[], others: readonly Group[]): Mended | undefined {
    let tries = 0;
    for (let size = 0; size <= others.length; size++) {
      for (const some of subsets(others, size)) {
        if (tries++ === MOST_TRIES) return undefined;
        const done = this.#reaching([...needed, ...some].flat());
        if (done) return done;
      }
    }
    return undefined;
  }

  /** Leaves out one change after the other, as long as the rest is enough: the last ones first, as they are the least grave. */
  withFewer(groups: readonly Group[]): Mended | undefined {
    let kept = groups;
    for (const group of groups.toReversed()) {
      const fewer = kept.filter(other => other !== group);
      if (this.reaches(fewer)) kept = fewer;
    }
    return this.#reaching(kept.flat());
  }

  /**
   * A change that is needed with all others may not be needed with a few: a change may open a stronger class, which is more
   * than was asked for. And a rule may look at only one container, so that not every finding of a signal has to be removed.
   */
  withoutNeedless(found: Mended): Mended {
    let best = found;
    for (const change of found.changes)
      best = this.#reaching(best.changes.filter(other => other !== change)) ?? best;
    return best;
  }
}

/** All sets of this size of a list's items, in its order. */
function* subsets<T>(all: readonly T[], size: number, from = 0): Generator<readonly T[]> {
  if (size === 0) return yield [];
  for (let i = from; i <= all.length - size; i++) {
    for (const rest of subsets(all, size - 1, i + 1)) yield [all[i] as T, ...rest];
  }
}
