import { describe, expect, it } from 'vitest';
import { BOUNDS } from '../../src/signals/bounds.ts';
import { filledTo } from '../support/bounds.ts';
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
const { create, update } = ground([LOOPING]);
const WAY_OUT = '. Take out what it does not need, or make several Pods of it. No exemption waives this.';
const told = (...excess: string[]): string => `the Pod has ${excess.join(' and ')}${WAY_OUT}`;

const filled = (bound: string, count: number, annotations: Readonly<Record<string, string>> = {}): Tweak => {
  const { metadata, spec } = filledTo(bound, count);
  return {
    ...metadata,
    annotations: { ...metadata?.annotations, ...annotations },
    spec: spec ?? {},
  } as Tweak;
};

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
