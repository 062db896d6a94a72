import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type LiveObject, liveObject } from '../../src/cluster/live-object.ts';
import { Shelf } from '../../src/cluster/shelf.ts';
import { namespacesRead } from '../../src/policy/share.ts';

const KIB = 1024;
const ROOM = 1024 * KIB;

const objectOf = (key: string): LiveObject => {
  const [namespace = '', name = ''] = key.split('/');
  return liveObject('SandboxPolicy', { metadata: { namespace, name }, spec: { minimumIsolation: 'vm' } });
};
const hasSpec = ({ document }: LiveObject): boolean => 'spec' in (document.value as object);

/** A policy of so many KiB in one of thirty namespaces, or the end of one. */
const step = fc.record({
  key: fc.tuple(fc.nat(29), fc.nat(4)).map(([namespace, name]) => `n${namespace}/p${name}`),
  kib: fc.option(fc.integer({ min: 1, max: 60 }), { freq: 4 }),
});

it('holds what is within its share, whatever came before, and never more than there is room for', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 100, maxLength: 300 }), steps => {
      const shelf = new Shelf();
      const stored = new Map<string, number>();
      const put = (key: string, kib: number) =>
        shelf.put(key, { bytes: kib * KIB, most: 'vm' }, objectOf(key));
      const heldBytes = () =>
        [...shelf.held(), ...shelf.notHeld()]
          .filter(hasSpec)
          .reduce((sum, { path }) => sum + (stored.get(keyIn(path)) ?? 0) * KIB, 0);
      for (const { key, kib } of steps) {
        if (kib === null) {
          stored.delete(key);
          shelf.remove(key);
        } else {
          stored.set(key, kib);
          put(key, kib);
        }
        expect(heldBytes()).toBeLessThanOrEqual(ROOM);
      }
      // As it is listed anew.
      if (shelf.lacks()) {
        shelf.makeRoom();
        for (const [key, kib] of stored) put(key, kib);
      }
      expect(shelf.lacks()).toBe(false);

      const loads = new Map<string, { policies: number; bytes: number }>();
      for (const [key, kib] of stored) {
        const namespace = key.replace(/\/.*/, '');
        const { policies, bytes } = loads.get(namespace) ?? { policies: 0, bytes: 0 };
        loads.set(namespace, { policies: policies + 1, bytes: bytes + kib * KIB });
      }
      const read = namespacesRead(loads);
      expect([...shelf.over().keys()].sort()).toEqual(
        [...loads.keys()].filter(name => !read.has(name)).sort(),
      );
      expect(
        shelf
          .held()
          .map(({ path }) => keyIn(path))
          .sort(),
      ).toEqual([...stored.keys()].filter(key => read.has(key.replace(/\/.*/, ''))).sort());
      expect(shelf.held().every(hasSpec)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

const keyIn = (path: string): string => path.replace(/^.*\/namespaces\/([^/]+)\/sandboxpolicies\//, '$1/');

it('of a namespace with very many, a hundred are told', () => {
  const shelf = new Shelf();
  for (let i = 0; i < 1000; i++)
    shelf.put(`shop/p${i}`, { bytes: 10, most: i === 7 ? 'vm' : 'app-kernel' }, objectOf(`shop/p${i}`));
  expect(shelf.notHeld()).toHaveLength(100);
  expect(shelf.notHeld()[0]).toMatchObject({ notRead: 'vm', lastGood: undefined });
  expect(shelf.over()).toEqual(new Map([['shop', 'vm']]));
  for (let i = 0; i < 1000; i++) shelf.remove(`shop/p${i}`);
  expect([shelf.over(), shelf.held(), shelf.notHeld()]).toEqual([new Map(), [], []]);
});

it('lets go of those that take most of what there is less of: many small policies before one of more bytes', () => {
  const shelf = new Shelf();
  const put = (key: string, bytes: number) => shelf.put(key, { bytes, most: 'vm' }, objectOf(key));
  put('modest/p', 2 * KIB);
  for (let i = 0; i < 5000; i++) put(`crowd-${i % 50}/p${i}`, 10);
  expect([...shelf.over().keys()]).toEqual(['crowd-9']);
  expect(shelf.lacks()).toBe(false);
});
