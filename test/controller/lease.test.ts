import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { candidate, type Network, Store, World } from './world.ts';

let world: World;
let store: Store;
beforeEach(() => {
  world = new World();
  store = new Store();
});

const holder = () => store.lease?.spec.holderIdentity;

describe('the Lease', () => {
  it('is made where there is none, and renewed every 2 s', async () => {
    const a = candidate(world, store, 'a');
    await world.pass(0);
    expect(a.leading()).toBe(true);
    expect(store.lease?.spec).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2030-01-01T00:00:00.000000Z',
      renewTime: '2030-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    });
    await world.pass(60_000);
    expect(a.leading()).toBe(true);
    expect(store.writes).toBe(31);
    expect(store.lease?.spec).toMatchObject({
      acquireTime: '2030-01-01T00:00:00.000000Z',
      renewTime: '2030-01-01T00:01:00.000000Z',
      leaseTransitions: 0,
    });
  });

  it('has one holder of many that ask at once', async () => {
    const all = ['a', 'b', 'c', 'd'].map(name => candidate(world, store, name));
    await world.pass(120_000);
    expect(all.filter(one => one.leading())).toHaveLength(1);
    expect(store.lease?.spec.leaseTransitions).toBe(0);
  });

  it('passes on within 20 s once its holder is gone without a word', async () => {
    const a = candidate(world, store, 'a');
    await world.pass(5000);
    const b = candidate(world, store, 'b');
    await world.pass(30_000);
    // As a process that was killed: nothing it does reaches anybody.
    a.network = 'fails';
    await world.pass(14_000);
    expect(b.leading()).toBe(false);
    await world.pass(6000);
    expect(b.leading()).toBe(true);
    expect(store.lease?.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
  });

  it.each<Network>(['fails', 'hangs', 'loses'])(
    'is taken for lost within 10 s where the API server %s, before another can have it',
    async network => {
      const a = candidate(world, store, 'a');
      const b = candidate(world, store, 'b');
      await world.pass(4000);
      expect([a.leading(), b.leading()]).toEqual([true, false]);
      a.network = network;
      let both = false;
      let until = 0;
      for (let i = 0; i < 300; i++) {
        await world.pass(100);
        both ||= a.leading() && b.leading();
        if (a.leading()) until = world.time;
      }
      expect(both).toBe(false);
      expect(until - 4000).toBeLessThanOrEqual(10_000);
      expect(until - 4000).toBeGreaterThanOrEqual(7900);
      expect(b.leading()).toBe(true);
    },
  );

  it('survives an outage that is shorter', async () => {
    const a = candidate(world, store, 'a');
    await world.pass(4000);
    a.network = 'fails';
    await world.pass(7000);
    a.network = 'works';
    await world.pass(30_000);
    expect(a.leading()).toBe(true);
    expect(a.failures.length).toBeGreaterThan(0);
    expect(store.lease?.spec.leaseTransitions).toBe(0);
  });

  it('is won again by who lost it to an outage, where nobody else took it', async () => {
    const a = candidate(world, store, 'a');
    await world.pass(4000);
    a.network = 'hangs';
    await world.pass(60_000);
    expect(a.leading()).toBe(false);
    a.network = 'works';
    await world.pass(13_000);
    expect(a.leading()).toBe(true);
  });

  it('is given up by who stops, and a successor has it within 2.4 s', async () => {
    const a = candidate(world, store, 'a');
    const b = candidate(world, store, 'b');
    await world.pass(10_000);
    await Promise.all([a.stop(), world.pass(0)]);
    expect(holder()).toBeUndefined();
    expect(store.lease?.spec.leaseDurationSeconds).toBe(1);
    await world.pass(2400);
    expect(b.leading()).toBe(true);
    expect(store.lease?.spec).toMatchObject({
      holderIdentity: 'b',
      leaseTransitions: 1,
      leaseDurationSeconds: 15,
    });
  });

  it('is not given up before the tasks have ended, and never where they do not', async () => {
    const a = candidate(world, store, 'a');
    await world.pass(1000);
    a.endMs = 3000;
    const stopped = a.stop();
    await world.pass(2900);
    expect(holder()).toBe('a');
    await world.pass(200);
    await stopped;
    expect(holder()).toBeUndefined();

    const b = candidate(world, store, 'b');
    await world.pass(3000);
    b.endMs = 60_000;
    const late = b.stop();
    await world.pass(5000);
    await late;
    expect(holder()).toBe('b');
  });

  it('is not led a second time before the tasks of the first have ended', async () => {
    const a = candidate(world, store, 'a');
    await world.pass(1000);
    a.endMs = 30_000;
    a.network = 'fails';
    await world.pass(11_000);
    expect(a.leading()).toBe(false);
    a.network = 'works';
    await world.pass(20_000);
    expect(a.leading()).toBe(false);
    await world.pass(15_000);
    expect(a.leading()).toBe(true);
  });

  it('does not keep a process that lost it from ending, where a task does not end', async () => {
    const a = candidate(world, store, 'a');
    await world.pass(1000);
    a.endMs = 600_000;
    a.network = 'fails';
    await world.pass(15_000);
    expect(a.leading()).toBe(false);
    const stopped = a.stop();
    await world.pass(4100);
    await stopped;
  });

  it('is not given up by a candidate that stops', async () => {
    const a = candidate(world, store, 'a');
    const b = candidate(world, store, 'b');
    await world.pass(5000);
    await Promise.all([b.stop(), world.pass(0)]);
    expect(holder()).toBe('a');
    expect(a.leading()).toBe(true);
  });

  it.each([-3_600_000, 3_600_000])('does not depend on what time it is: %i ms apart', async skewMs => {
    const a = candidate(world, store, 'a');
    const b = candidate(world, store, 'b', { clock: world.clock({ skewMs }) });
    await world.pass(120_000);
    expect([a.leading(), b.leading()]).toEqual([true, false]);
    a.network = 'fails';
    await world.pass(20_000);
    expect([a.leading(), b.leading()]).toEqual([false, true]);
  });

  it('does not depend on what time it is, however that jumps', async () => {
    let jumps = 0;
    const clock = () => {
      const { now, sleep } = world.clock();
      const date = (): number => Date.UTC(2030, 0, 1) + (jumps++ % 2 === 0 ? 1 : -1) * jumps * 86_400_000;
      return { now, sleep, date };
    };
    const a = candidate(world, store, 'a', { clock: clock() });
    const b = candidate(world, store, 'b', { clock: clock() });
    await world.pass(120_000);
    expect([a.leading(), b.leading()]).toEqual([true, false]);
    expect(jumps).toBeGreaterThan(50);
    a.network = 'hangs';
    await world.pass(20_000);
    expect([a.leading(), b.leading()]).toEqual([false, true]);
  });

  it('is taken over after as long as a candidate would hold it itself, whatever duration somebody wrote', async () => {
    const a = candidate(world, store, 'a');
    await world.pass(3000);
    const { spec } = store.lease ?? { spec: {} };
    const forged = { ...spec, holderIdentity: 'nobody', leaseDurationSeconds: 2 ** 31 - 1 };
    store.lease = { metadata: { resourceVersion: 'by hand' }, spec: forged };
    await world.pass(14_000);
    expect(a.leading()).toBe(false);
    await world.pass(6000);
    expect(a.leading()).toBe(true);
    expect(store.lease?.spec.leaseDurationSeconds).toBe(15);
  });

  it('is lost at once to whom an operator gave it', async () => {
    const a = candidate(world, store, 'a');
    await world.pass(3000);
    const { spec } = store.lease ?? { spec: {} };
    store.lease = { metadata: { resourceVersion: 'by hand' }, spec: { ...spec, holderIdentity: 'other' } };
    await world.pass(2100);
    expect(a.leading()).toBe(false);
    await world.pass(20_000);
    expect(a.leading()).toBe(true);
  });

  it('is kept by somebody else for as long as he writes it anew, and no longer', async () => {
    const a = candidate(world, store, 'a');
    await world.pass(3000);
    for (let i = 0; i < 12; i++) {
      const { spec } = store.lease ?? { spec: {} };
      const renewTime = `2030-01-01T00:${String(i).padStart(2, '0')}:00.000000Z`;
      store.lease = {
        metadata: { resourceVersion: `by hand ${i}` },
        spec: { ...spec, holderIdentity: 'other', renewTime },
      };
      await world.pass(10_000);
      expect(a.leading()).toBe(false);
    }
    await world.pass(10_000);
    expect(a.leading()).toBe(true);
  });

  it('is made again where somebody deleted it', async () => {
    const a = candidate(world, store, 'a');
    await world.pass(3000);
    store.lease = undefined;
    await world.pass(3000);
    expect(holder()).toBe('a');
    expect(a.leading()).toBe(true);
  });

  it('is not asked for in a busy loop by who may not write it', async () => {
    const a = candidate(world, store, 'a');
    const b = candidate(world, store, 'b');
    await world.pass(1000);
    a.network = 'fails';
    await world.pass(14_000);
    b.network = 'fails';
    b.failures.length = 0;
    await world.pass(60_000);
    expect(b.failures.length).toBeGreaterThan(20);
    expect(b.failures.length).toBeLessThan(40);
  });
});

describe('whatever happens', () => {
  const event = fc.record({
    afterMs: fc.integer({ min: 0, max: 12_000 }),
    who: fc.nat({ max: 2 }),
    network: fc.constantFrom<Network>('works', 'works', 'fails', 'hangs', 'loses'),
    endMs: fc.constantFrom(0, 500, 20_000),
  });
  const one = fc.record({
    rate: fc.double({ min: 0.85, max: 1.15, noNaN: true }),
    skewMs: fc.integer({ min: -1e7, max: 1e7 }),
    latencyMs: fc.constantFrom(0, 30, 900, 4000),
  });

  it('two never lead at once, and in the end one does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(one, { minLength: 3, maxLength: 3 }),
        fc.array(event, { maxLength: 25 }),
        async (ones, events) => {
          const [time, kept] = [new World(), new Store()];
          let slow = true;
          const all = ones.map(({ latencyMs, ...clock }, i) =>
            candidate(time, kept, `c${i}`, {
              clock: time.clock(clock),
              latencyMs: () => (slow ? latencyMs : 10),
            }),
          );
          const passing = async (ms: number): Promise<void> => {
            for (let left = ms; left > 0; left -= 250) {
              await time.pass(Math.min(left, 250));
              expect(all.filter(c => c.leading()).length).toBeLessThanOrEqual(1);
            }
          };
          for (const { afterMs, who, network, endMs } of events) {
            await passing(afterMs);
            Object.assign(all[who] ?? {}, { network, endMs });
          }
          slow = false;
          for (const c of all) c.network = 'works';
          await time.pass(60_000);
          expect(all.filter(c => c.leading())).toHaveLength(1);
        },
      ),
      { numRuns: 100 },
    );
  });
});
