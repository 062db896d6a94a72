import type { Ground } from '../../decision/ground.ts';
import { attempt } from '../../input/attempt.ts';
import { groupsOf, type RunningPod } from '../../input/cluster.ts';
import type { PodSubject } from '../../input/subjects.ts';
import { changesIn, type Difference, type Judged, type Pair } from '../../report/diff/change.ts';
import type { Reviewed } from '../../report/result.ts';
import type { Problem } from '../../source/document.ts';
import type { CliIo } from '../console/io.ts';
import { progressOn } from '../console/progress.ts';
import { unknowns } from '../judging/manifest-ground.ts';
import { ofRunning } from '../judging/of-running.ts';
import { type Asked, reviewed } from '../judging/reviewed.ts';

/** What something was judged by, and what it will be judged by. */
export interface Sides {
  readonly before: Ground;
  readonly after: Ground;
}

/** Judges each object on both sides or on neither: one that cannot be judged on one side is a problem. */
export function judgeTwice(
  subjects: readonly (PodSubject | RunningPod)[],
  { before, after }: Sides,
  asked: Asked,
  io: CliIo,
): { readonly pairs: readonly Pair[]; readonly problems: readonly Problem[] } {
  const pairs: Pair[] = [];
  const problems: Problem[] = [];
  const now = Date.now();
  const progress = progressOn(io, 'judged', subjects.length);
  subjects.forEach((subject, i) => {
    progress.tick(i);
    const attempted = attempt(subject.source, () => {
      const running = 'owner' in subject ? subject : undefined;
      const unknown = running ? [] : unknowns(subject, after);
      problems.push(...unknown);
      if (unknown.length > 0) return;
      const options = running ? { groups: groupsOf(running) } : {};
      const by = (ground: Ground): Judged => {
        const { result } = reviewed(subject, ground, asked, now, options);
        return { ...result, ...(running && ofRunning(running)), pods: podsOf(subject, result) };
      };
      pairs.push({ before: by(before), after: by(after) });
    });
    if ('problem' in attempted) problems.push(attempted.problem);
  });
  progress.end();
  return { pairs, problems };
}

/** How many Pods an object is, or makes. One that does not say how many makes one. */
function podsOf(subject: PodSubject | RunningPod, { nodes }: Pick<Reviewed, 'nodes'>): number {
  if ('owner' in subject) return subject.kind === 'Pod' ? 1 : 0;
  return nodes?.goesTo ?? subject.replicas ?? 1;
}

/** What is in force on each side is told by name, and what is for one namespace by that, too. */
export const policiesOn = ({ before, after }: Sides): Difference['policies'] => {
  const names = ({ snapshot: { policies } }: Ground): readonly string[] =>
    policies.map(({ namespace, name }) => (namespace === undefined ? name : `${namespace}/${name}`));
  return { before: names(before), after: names(after) };
};

/** Leaves out what nobody is asked about, which changes nothing. */
export function inScopeOf(all: readonly Pair[]): Pick<Difference, 'pairs' | 'changes' | 'outOfScope'> {
  const pairs = all.filter(({ after }) => !after.outOfScope && after.mode !== 'off');
  return { pairs, changes: changesIn(pairs), outOfScope: all.length - pairs.length };
}
