import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GUARDED } from '../../src/guard/findings.ts';
import { viewPod } from '../../src/pod/view.ts';
import { inspect } from '../../src/signals/index.ts';
import { annotations, labels } from '../arbitraries/updates.ts';
import { type World, world } from '../arbitraries/worlds.ts';
import { minimalPod } from '../fixtures/pods.ts';
import { guardedWorld, SHOP } from './support/guarded-world.ts';
import { BARE, type Metadata, WAYS, write } from './support/side-writes.ts';

/** The milliseconds for seconds of work, on a machine that may have others. */
const TIMEOUT_MS = 120_000;

/*
What a status or a binding must not set, told from the policies as they were written and by the inspection of a Pod, and
held against the guard.
*/

const OWN = 'cofferdam.dev/';
const guarded: ReadonlySet<string> = new Set(GUARDED.map(({ id }) => id));

/** Whether the inspection of a Pod that has nothing else finds it. */
function weakens(key: string, value: string): boolean {
  const pod = { ...minimalPod(), metadata: { name: 'pod', annotations: { [key]: value } } };
  return inspect(viewPod(pod, SHOP)).some(
    ({ signal, path }) => guarded.has(signal) && path.includes('annotations'),
  );
}

/** Keys of labels that policies and exemptions of the world read. */
function keysRead({ policies, exemptions, balanced }: World): ReadonlySet<string> {
  const text = JSON.stringify([...policies, ...exemptions]);
  const read = ['app', 'cofferdam.dev/risk'].filter(key => text.includes(`"${key}"`));
  return new Set(balanced ? [...read, 'cofferdam.dev/risk'] : read);
}

const changed = (set: Readonly<Record<string, string>>, stored: Readonly<Record<string, string>>): string[] =>
  Object.keys(set).filter(key => stored[key] !== set[key]);

/** The keys that such a write must not set. */
function slips(drawn: World, set: Metadata, stored: Metadata): readonly string[] {
  const read = keysRead(drawn);
  return [
    ...changed(set.annotations, stored.annotations).filter(
      key => key.startsWith(OWN) || weakens(key, set.annotations[key] ?? ''),
    ),
    ...changed(set.labels, stored.labels).filter(key => key.startsWith(OWN) || read.has(key)),
  ];
}

const metadata = fc.record({ labels, annotations });
const request = fc.record({
  way: fc.constantFrom(...WAYS),
  set: metadata,
  stored: metadata,
  kept: fc.boolean(),
});

it(
  'a status or a binding sets nothing that weakens a sandbox or that somebody reads, and anything else',
  () => {
    fc.assert(
      fc.property(world, fc.array(request, { minLength: 20, maxLength: 20 }), (drawn, requests) => {
        const guarded = guardedWorld(drawn);
        for (const { way, set: fresh, stored, kept } of requests) {
          // A value that a status leaves unchanged is not set.
          const set = kept
            ? {
                labels: { ...stored.labels, ...fresh.labels },
                annotations: { ...stored.annotations, ...fresh.annotations },
              }
            : fresh;
          const wrong = slips(drawn, set, way === 'pods/status' ? stored : BARE);
          const { denials } = write(guarded, way, set, stored);
          const said = `not to be set through a status or a binding: ${wrong.join(', ')}. Set it on the Pod itself, where it is judged.`;
          expect({ set, said: denials.map(({ message }) => message) }).toEqual({
            set,
            said: wrong.length === 0 ? [] : [said],
          });
        }
      }),
      { numRuns: 25 },
    );
  },
  TIMEOUT_MS,
);
