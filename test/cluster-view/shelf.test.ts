import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LiveObject, liveObject } from '../../src/cluster/live-object.ts';
import { Shelf } from '../../src/cluster/shelf.ts';
import { type Load, namespacesRead } from '../../src/policy/share.ts';
import { atLeast, type Isolation, strongest } from '../../src/profiles/isolation.ts';

const KIB = 1024;
const ROOM = 1024 * KIB;

interface Stored {
  readonly bytes: number;
  readonly most: Isolation;
}

const objectOf = (key: string): LiveObject => {
  const [namespace = '', name = ''] = key.split('/');
  return liveObject('SandboxPolicy', { metadata: { namespace, name }, spec: { minimumIsolation: 'vm' } });
};
const hasSpec = ({ document }: LiveObject): boolean => 'spec' in (document.value as object);
const keyOf = ({ path }: LiveObject): string =>
  path.replace(/^.*\/namespaces\/([^/]+)\/sandboxpolicies\//, '$1/');
const namespaceOf = (key: string): string => key.replace(/\/.*/, '');

/** The stored objects, and a shelf that learns of them as from a list and a watch. */
class World {
  readonly stored = new Map<string, Stored>();
  readonly shelf = new Shelf();

  put(key: string, policy: Stored): void {
    const isNew = !this.stored.has(key);
    this.stored.set(key, policy);
    this.shelf.put(key, policy, objectOf(key), isNew);
  }

  remove(key: string): void {
    if (this.stored.delete(key)) this.shelf.remove(key);
  }

  list(): void {
    this.shelf.listing();
    for (const [key, policy] of this.stored) this.shelf.put(key, policy, objectOf(key), true);
    this.shelf.listed();
  }

  /** A list that breaks off after so many, and the one that follows it. */
  listTwice(after: number): void {
    this.shelf.listing();
    for (const [key, policy] of [...this.stored].slice(0, after))
      this.shelf.put(key, policy, objectOf(key), true);
    this.list();
  }

  /** Lists as often as the shelf asks for it. @returns how often */
  listAnew(): number {
    let lists = 0;
    for (; this.shelf.lacks() && lists < 5; lists++) {
      this.shelf.makeRoom();
      this.list();
    }
    return lists;
  }

  namespaces(): Map<string, Load & { most: Isolation }> {
    const found = new Map<string, Load & { most: Isolation }>();
    for (const [key, { bytes, most }] of this.stored) {
      const before = found.get(namespaceOf(key)) ?? { policies: 0, bytes: 0, most: 'host-kernel' };
      found.set(namespaceOf(key), {
        policies: before.policies + 1,
        bytes: before.bytes + bytes,
        most: strongest(before.most, most),
      });
    }
    return found;
  }

  /** Every policy is in force as it is written, or its namespace needs at least as much. */
  expectClosed(): void {
    const held = new Set(this.shelf.held().map(keyOf));
    const over = this.shelf.over();
    const open = [...this.stored].filter(([key, { most }]) => {
      const asked = over.get(namespaceOf(key));
      return !held.has(key) && !(asked !== undefined && atLeast(asked, most));
    });
    expect(open).toEqual([]);
    expect(this.shelf.held().every(hasSpec)).toBe(true);
    const bytes = this.shelf.held().map(one => this.stored.get(keyOf(one))?.bytes ?? 0);
    expect(bytes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(ROOM);
  }

  /** Nothing else is held, and nobody else needs more. */
  expectExact(): void {
    const loads = this.namespaces();
    const read = namespacesRead(loads);
    expect([...this.shelf.over().keys()].sort()).toEqual([...loads.keys()].filter(n => !read.has(n)).sort());
    expect(this.shelf.held().map(keyOf).sort()).toEqual(
      [...this.stored.keys()].filter(key => read.has(namespaceOf(key))).sort(),
    );
  }
}

const namespace = fc.nat(11).map(n => `n${n}`);
const policy = fc.record<Stored>({
  bytes: fc.integer({ min: 1, max: 60 * KIB }),
  most: fc.constantFrom<Isolation>('host-kernel', 'app-kernel', 'vm'),
});
const small: Stored = { bytes: 10, most: 'app-kernel' };

type Step = (world: World) => void;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(namespace, fc.nat(4), policy).map(
    ([name, i, one]): Step =>
      world =>
        world.put(`${name}/p${i}`, one),
  ),
  fc.tuple(namespace, fc.nat(4)).map(
    ([name, i]): Step =>
      world =>
        world.remove(`${name}/p${i}`),
  ),
  // Crosses the hundred that are weighed, in both directions.
  fc.tuple(namespace, fc.integer({ min: 90, max: 130 }), fc.constantFrom<Isolation>('app-kernel', 'vm')).map(
    ([name, count, most]): Step =>
      world => {
        for (let i = 0; i < count; i++) world.put(`${name}/s${i}`, { bytes: 10, most });
      },
  ),
  fc.tuple(namespace, fc.nat(130)).map(
    ([name, left]): Step =>
      world => {
        for (let i = 130; i >= left; i--) world.remove(`${name}/s${i}`);
      },
  ),
  // These are changes that the watch missed.
  fc.tuple(namespace, fc.nat(130), fc.nat(400)).map(
    ([name, count, after]): Step =>
      world => {
        for (const key of [...world.stored.keys()].filter(key => namespaceOf(key) === name))
          world.stored.delete(key);
        for (let i = 0; i < count; i++) world.stored.set(`${name}/t${i}`, small);
        world.listTwice(after);
      },
  ),
  fc.constant<Step>(world => world.listAnew()),
);

describe('a shelf', () => {
  it('holds what is within its share, whatever came before, and never more than there is room for', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 40 }), steps => {
        const world = new World();
        for (const one of steps) {
          one(world);
          world.expectClosed();
        }
        expect(world.listAnew()).toBeLessThan(4);
        world.expectClosed();
        world.expectExact();
        for (const key of [...world.stored.keys()]) world.remove(key);
        expect(world.listAnew()).toBeLessThan(4);
        expect([world.shelf.over(), world.shelf.held(), world.shelf.notHeld()]).toEqual([new Map(), [], []]);
      }),
      { numRuns: 30 },
    );
  });

  it('tells a hundred of a namespace with very many, and a thousand of all', () => {
    const world = new World();
    for (let n = 0; n < 12; n++)
      for (let i = 0; i < 300; i++)
        world.put(`n${n}/p${i}`, { bytes: 10, most: i === 7 ? 'vm' : 'app-kernel' });
    const notHeld = world.shelf.notHeld();
    expect(notHeld).toHaveLength(1000);
    expect(notHeld.filter(one => keyOf(one).startsWith('n3/'))).toHaveLength(100);
    expect(notHeld[0]).toMatchObject({ notRead: 'vm', lastGood: undefined });
    expect(world.shelf.over().get('n11')).toBe('vm');
  });

  it('lets go of those that take most of what there is less of: many small policies before one of more bytes', () => {
    const world = new World();
    world.put('modest/p', { bytes: 2 * KIB, most: 'vm' });
    for (let i = 0; i < 5000; i++) world.put(`crowd-${i % 50}/p${i}`, { bytes: 10, most: 'vm' });
    expect([...world.shelf.over().keys()]).toEqual(['crowd-9']);
    expect(world.shelf.lacks()).toBe(false);
  });
});

describe('a namespace with more policies than its share', () => {
  const crowd = (count: number, most: (i: number) => Isolation = () => 'app-kernel'): World => {
    const world = new World();
    for (let i = 0; i < count; i++) world.put(`shop/p${i}`, { bytes: 10, most: most(i) });
    return world;
  };

  it('takes no more memory for more of them', () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const heap = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const shelf = new Shelf();
    const fill = (from: number, to: number): void => {
      for (let i = from; i < to; i++) shelf.put(`shop/p${i}`, small, objectOf(`shop/p${i}`), true);
    };
    fill(0, 1000);
    const before = heap();
    fill(1000, 51_000);
    // Each held by itself, they took 5 MB here, and twice that beside it.
    expect(heap() - before).toBeLessThan(1024 * KIB);
    expect(shelf.over()).toEqual(new Map([['shop', 'app-kernel']]));
  });

  it('is listed anew once so many are deleted that it may be within its share, and not before', () => {
    const world = crowd(1000);
    for (let i = 0; i < 899; i++) {
      world.remove(`shop/p${i}`);
      expect(world.shelf.lacks()).toBe(false);
    }
    world.remove('shop/p899');
    expect(world.shelf.lacks()).toBe(true);
    expect(world.listAnew()).toBe(1);
    expect(world.shelf.held()).toHaveLength(100);
  });

  it('is not counted by what is changed in it', () => {
    const world = crowd(101);
    for (let i = 0; i < 50; i++) world.put('shop/p100', small);
    world.remove('shop/p3');
    expect(world.shelf.lacks()).toBe(true);
  });

  it('is gone only once a list says so', () => {
    const world = crowd(150);
    for (let i = 0; i < 150; i++) world.remove(`shop/p${i}`);
    expect(world.shelf.over()).toEqual(new Map([['shop', 'app-kernel']]));
    world.listAnew();
    expect(world.shelf.over()).toEqual(new Map());
  });

  it('asks for the most that any of them asked for, until they are listed anew', () => {
    const world = crowd(300, i => (i === 250 ? 'vm' : 'app-kernel'));
    world.remove('shop/p250');
    expect(world.shelf.over().get('shop')).toBe('vm');
    world.shelf.listing();
    expect(world.shelf.over().get('shop')).toBe('vm');
    for (const [key, one] of world.stored) world.shelf.put(key, one, objectOf(key), true);
    world.shelf.listed();
    expect(world.shelf.over().get('shop')).toBe('app-kernel');
  });
});
