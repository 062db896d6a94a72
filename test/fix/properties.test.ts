import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Decision } from '../../src/decision/decision.ts';
import { decideCreation } from '../../src/decision/ground.ts';
import { revised } from '../../src/fix/revise.ts';
import { type Mended, smallestChange } from '../../src/fix/smallest.ts';
import { rewritten } from '../../src/fix/text.ts';
import type { PodSubject } from '../../src/input/subjects.ts';
import { atLeast } from '../../src/profiles/isolation.ts';
import { formatPath } from '../../src/source/path.ts';
import { storablePod } from '../arbitraries/guard.ts';
import { rawExemptions, rawPolicies, richPod } from '../arbitraries/rich-pods.ts';
import { arbitraryView } from '../arbitraries/views.ts';
import { NOW } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { commentsIn, subjectsIn, type Written, written } from './manifests.ts';

const anyPod = fc.oneof(richPod, storablePod);
const world = fc.record({
  manifest: anyPod.chain(written),
  policies: fc.oneof(fc.constant([]), rawPolicies),
  exemptions: fc.oneof(fc.constant([]), rawExemptions),
  view: arbitraryView,
  to: fc.constantFrom(undefined, 'host-kernel' as const, 'app-kernel' as const),
});

type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

/** Whether a change does what no other does as well. */
const isAlone = ({ changes }: Mended, i: number, text: string): boolean => {
  // By an alias, one change of the text is several of the object.
  if (/&a\d/.test(text)) return false;
  const others = changes
    .filter((_, j) => j !== i)
    .flatMap(({ edits }) => edits.map(({ keys }) => formatPath(keys)));
  return (changes[i]?.edits ?? []).some(({ keys }) => !others.includes(formatPath(keys)));
};

/** Looks for the smallest change of what a text holds, and holds it to what it announces. @returns what came of it */
function fixIn({ manifest, policies, exemptions, view, to }: World): string {
  const ground = { snapshot: snapshotOf([...policies, ...exemptions]), view };
  const judge = (subject: PodSubject): Decision => decideCreation(subject, ground, NOW);
  const isReached = ({ verdict, isolation = 'host-kernel' }: Decision): boolean =>
    verdict !== 'reject' && (to === undefined || atLeast(to, isolation));
  const [subject] = subjectsIn(manifest.text) as [PodSubject];
  const before = judge(subject);
  if (isReached(before)) return 'nothing to do';
  const found = smallestChange(subject, before, { judge, isReached, freely: to !== undefined });
  if ('left' in found) {
    expect(isReached(found.left)).toBe(false);
    return 'by hand';
  }
  const text = rewritten(manifest.text, [{ subject, mended: found }], 'default');
  if (!text) {
    // A person has to say what becomes of what an alias shares with something else, such as a Service.
    expect(manifest.text).toMatch(/&a\d/);
    return 'shared by an alias';
  }
  const [after] = subjectsIn(text.after) as [PodSubject];
  expect(judge(after)).toEqual(found.decision);
  expect(isReached(found.decision)).toBe(true);
  onlyThat(manifest, text.after);
  for (const i of found.changes.keys()) {
    if (!isAlone(found, i, manifest.text)) continue;
    const fewer = found.changes.filter((_, j) => j !== i).flatMap(({ edits }) => edits);
    const without = revised(subject, fewer);
    expect(without && isReached(judge(without.subject))).toBe(false);
  }
  return before.verdict === 'reject'
    ? `let in by ${found.changes.length > 1 ? 'several' : 'one'}`
    : 'cheaper';
}

/** Everything else is unchanged. */
function onlyThat({ text, before, behind }: Written, after: string): void {
  expect(after.startsWith(before) && after.endsWith(behind)).toBe(true);
  expect(commentsIn(after)).toEqual(commentsIn(text));
  expect(after.length).toBeLessThan(text.length + 100);
}

it('what is fixed in a text is decided as announced, by changes that are all needed, and all else stays', () => {
  const told = new Map<string, number>();
  fc.assert(
    fc.property(world, given => {
      const what = fixIn(given);
      told.set(what, (told.get(what) ?? 0) + 1);
    }),
    { numRuns: 150 },
  );
  const least = {
    'nothing to do': 5,
    'by hand': 5,
    'let in by one': 5,
    'let in by several': 5,
  };
  for (const [what, times] of Object.entries(least)) expect(told.get(what), what).toBeGreaterThan(times);
});
