import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Pod } from '../../src/pod/kube.ts';
import { storablePod } from '../arbitraries/guard.ts';
import { arbitraryPod } from '../arbitraries/pods.ts';
import { applied, type Update, update } from '../arbitraries/updates.ts';
import { world } from '../arbitraries/worlds.ts';
import { both, type Guarded, guardedWorld, type PodRequest } from './support/guarded-world.ts';

/** The milliseconds for seconds of work, on a machine that may have others. */
const TIMEOUT_MS = 120_000;

/*
The guard against the engine, over generated policies, exemptions, classes, labels and Pods. Exact but for what
docs/guard.md lists; see `engineSays`. `test/e2e/guard-agrees.test.ts` asks the API server the same.
*/

/** Most Pods as an API server takes them; others too, since a guard must not fail to evaluate on any. */
const pod = fc.oneof({ weight: 3, arbitrary: storablePod }, { weight: 1, arbitrary: arbitraryPod });
const NODES = ['system:nodes', 'system:authenticated'];
/** Messages that are written for people: none of an expression that could not be evaluated, but for that of a rule. */
const KNOWN =
  /^(the Pod needs isolation [a-z-]+ because of |RuntimeClass \S+ does not contain |the Pod has isolation [a-z-]+, which is not enough because of rules: |A rule of a policy asks for more isolation )[^\n]+[.]$/;
/** A rule that fails: the API server tells of the validation and of the variable. */
const RULE_FAILED = /^expression 'variables[.]rulesHold' resulted in error: .*"rule\d+" fails to evaluate/s;

/**
 * The faults that are found with a request; none, as a rule.
 * @param mayBeLooser where docs/guard.md says so of this request
 */
function wrongs(guarded: Guarded, request: PodRequest, mayBeLooser = false): readonly object[] {
  const { verdict, said } = both(guarded, request);
  const denied = !verdict.allowed;
  const strange = verdict.denials.filter(
    ({ message, reason }) => !(KNOWN.test(message) && reason === 'Forbidden') && !RULE_FAILED.test(message),
  );
  const wrong = [
    ...(denied && said.admits && !said.guardMayBeStricter ? ['stricter than the engine'] : []),
    ...(denied && !said.guardDenies && !said.guardMayBeStricter
      ? ['stricter than the part of the engine that it is made from']
      : []),
    ...(!denied && said.guardDenies && !mayBeLooser ? ['looser than the engine'] : []),
    ...strange.map(({ message }) => message),
  ];
  return wrong.length === 0 ? [] : [{ wrong, denied, request }];
}

it(
  'judges a new Pod as the engine does',
  () => {
    fc.assert(
      fc.property(
        world,
        fc.array(fc.tuple(pod, fc.boolean()), { minLength: 12, maxLength: 12 }),
        (drawn, pods) => {
          const guarded = guardedWorld(drawn);
          const wrong = pods.flatMap(([pod, fromNode]) =>
            wrongs(guarded, { operation: 'CREATE', pod, ...(fromNode && { groups: NODES }) }),
          );
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 50 },
    );
  },
  TIMEOUT_MS,
);

const change = fc.tuple(storablePod, update);

it(
  'judges an update by what it adds, as the engine does',
  () => {
    fc.assert(
      fc.property(world, fc.array(change, { minLength: 12, maxLength: 12 }), (drawn, changes) => {
        const guarded = guardedWorld(drawn);
        const byImage = guarded.snapshot.exemptions.some(({ scope }) => scope.images);
        const wrong = changes.flatMap(([stored, change]) =>
          wrongs(guarded, updateOf(stored, change), byImage && change.image !== null),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns: 50 },
    );
  },
  TIMEOUT_MS,
);

const updateOf = (stored: Pod, change: Update): PodRequest => ({
  operation: 'UPDATE',
  subresource: change.through,
  ...applied(stored, change),
  ...(change.fromNode && { groups: NODES }),
});
