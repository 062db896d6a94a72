import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/pod/kube.ts';
import { BOUNDS, boundOn, excessOf } from '../../src/signals/bounds.ts';
import { filledTo, filledToAll, spreadOver } from '../support/bounds.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { clusterPolicy, ground, type Tweak } from './support/ground.ts';
import { guardObjects } from './support/guard-objects.ts';
import { NOW, SHOP, viewOf } from './support/guarded-world.ts';
import { BARE, WAYS, write } from './support/side-writes.ts';

/** What no Pod may have more of, in the guard as in the engine (`excessOf`). */
const LOOPING = clusterPolicy({
  scoring: {
    rules: [
      {
        name: 'looping',
        expression: "object.spec.containers.exists(c, c.?args.orValue([]).exists(a, a == 'no such'))",
        weight: 1,
      },
    ],
  },
});
const { create, update, change } = ground([LOOPING]);
const WAY_OUT = '. Take out what it does not need, or make several Pods of it. No exemption waives this.';
const told = (...excess: string[]): string => `the Pod has ${excess.join(' and ')}${WAY_OUT}`;

const tweakOf = ({ metadata, spec }: Pod, annotations: Readonly<Record<string, string>> = {}): Tweak =>
  ({
    ...metadata,
    annotations: { ...metadata?.annotations, ...annotations },
    spec: spec ?? {},
  }) as Tweak;
const filled = (bound: string, count: number, annotations: Readonly<Record<string, string>> = {}): Tweak =>
  tweakOf(filledTo(bound, count), annotations);

describe.each(BOUNDS)('the bound on $what', ({ id, what, most }) => {
  it('denies a Pod with one more, for that alone, and none with as many', () => {
    expect(create(filled(id, most + 1))).toEqual([told(`${most + 1} ${what}, of ${most} at most`)]);
    expect(create(filled(id, most)).join()).not.toContain(WAY_OUT);
  });

  it('denies an update that brings more, not one of a Pod that was stored with more', () => {
    // A guard looks at an update that changes an annotation; here the number of them stays.
    const [before, after] = [{ note: 'a' }, { note: 'b' }];
    const counted = id === 'annotations' ? 1 : 0;
    const over = filled(id, most + 2, before);
    expect(update(over, filled(id, most + 2, after))).toEqual([]);
    expect(update(over, filled(id, most + 1, after))).toEqual([]);
    expect(update(over, filled(id, most + 3, after))).toEqual([
      told(`${most + 3 + counted} ${what}, of ${most} at most`),
    ]);
  });

  it('makes a Pod with more than a fifth of it one that is told no more than fixed words', () => {
    const denied = (count: number): string[] => {
      const { spec, ...metadata } = filled(id, count);
      return create({ ...metadata, spec: { ...spec, hostPID: true } });
    };
    const fifth = Math.ceil(most / 5);
    expect(denied(fifth)[0]).toMatch(/^the Pod needs isolation vm because of .*hostPID/);
    expect(denied(fifth + 1)).toEqual([
      'The Pod needs more isolation than it has; "cofferdam explain" says why.',
    ]);
  });
});

it('environment variables are not counted where no rule loops over them', () => {
  expect(ground().create(filled('launch', 2501))).toEqual([]);
});

it('a Pod that is beyond several bounds is told of each, and of nothing else that is wrong', () => {
  const annotations = filledTo('annotations', 251).metadata?.annotations as Record<string, string>;
  const { spec } = filled('sysctls', 300);
  expect(create({ annotations, spec: { ...spec, hostPID: true } })).toEqual([
    told('251 annotations, of 250 at most', '300 sysctls, of 250 at most'),
  ]);
});

describe('what is not bounded yet', () => {
  /** Whatever looks into one of them fails: a field of each is of a type that no Pod has. */
  const POISONED = {
    volumes: (i: number) => ({ name: `v${i}`, hostPath: { path: i } }),
    containers: (i: number) => ({ name: `c${i}`, image: 'app:1', ports: i, volumeMounts: i, env: i }),
  };
  const poisoned = (field: keyof typeof POISONED, count: number, note = 'a'): Tweak => ({
    annotations: { note },
    spec: {
      ...filledTo('labels', 0).spec,
      [field]: Array.from({ length: count }, (_, i) => POISONED[field](i)),
    },
  });

  it.each([
    ['volumes', 'a guard with a rule', { create, update }],
    ['volumes', 'a guard with a condition in front', ground()],
    ['containers', 'a guard with a rule', { create, update }],
    ['containers', 'a guard with a condition in front', ground()],
  ] as const)('is asked for its size and never looped over: %s, by %s', (field, _, guard) => {
    const { most } = boundOn(field);
    const said = [told(`${most + 1} ${field}, of ${most} at most`)];
    expect(guard.create(poisoned(field, most + 1))).toEqual(said);
    expect(guard.update(poisoned(field, most), poisoned(field, most + 1, 'b'))).toEqual(said);
    // Stored before there were bounds: that nothing of it has grown is known by its size.
    expect(guard.update(poisoned(field, most + 1), poisoned(field, most + 1, 'b'))).toEqual([]);
    // What of it is within the bound is looked into, so that this test says something.
    expect(guard.create(poisoned(field, most))).not.toEqual([]);
  });

  it('is compared as it is where an update may have changed images, which would be a loop', () => {
    const { most } = boundOn('containers');
    const of = (count: number, image: string, args: readonly string[]): Tweak => ({
      spec: { containers: Array.from({ length: count }, (_, i) => ({ name: `c${i}`, image, args })) },
    });
    const isAsked = (count: number, image: string, ...args: string[]) =>
      change(of(count, 'a', []), of(count, image, args)).evaluated.includes('cofferdam-guard');
    expect([isAsked(most, 'a'), isAsked(most, 'a', 'x'), isAsked(most, 'b')]).toEqual([false, false, true]);
    expect([isAsked(most + 1, 'a'), isAsked(most + 1, 'a', 'x')]).toEqual([false, true]);
    expect(update(of(most + 1, 'a', []), of(most + 1, 'b', ['x']))).toEqual([]);
  });

  it('is told of without what it would hold: the engine, which counts that, says both', () => {
    const spread = spreadOver(1001);
    expect(excessOf(spread, undefined).map(({ bound }) => bound)).toEqual([
      'containers',
      'ports',
      'volumeMounts',
    ]);
    expect(create(tweakOf(spread))).toEqual([told('1001 containers, of 250 at most')]);
  });
});

it('of a Pod with as much of everything as it may have at once, all is judged', () => {
  expect(create(tweakOf(filledToAll()))).toEqual([
    'The Pod needs more isolation than it has; "cofferdam explain" says why.',
  ]);
});

describe.each(WAYS)('by %s', way => {
  const namespace = { name: SHOP, labels: { 'cofferdam.dev/mode': 'enforce' } };
  const guarded = { namespace, guard: guardObjects(snapshotOf(), viewOf([]).runtimeClasses(), NOW) };

  it.each(['annotations', 'labels'] as const)('come no more %s than a Pod may have', field => {
    const many = (count: number) => ({ ...BARE, [field]: filledTo(field, count).metadata?.[field] ?? {} });
    const messages = (count: number) =>
      write(guarded, way, many(count), BARE).denials.map(({ message }) => message);
    expect(messages(251)).toEqual([told(`251 ${field}, of 250 at most`)]);
    expect(messages(250)).toEqual([]);
  });
});
