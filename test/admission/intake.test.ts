import { describe, expect, it } from 'vitest';
import type { Caller, Standing } from '../../src/admission/caller.ts';
import { type Cut, Intake, type Place } from '../../src/admission/intake.ts';

const KIB = 1024;
const LIMITS = { heldBytes: 1000 * KIB, ordinaryBytes: 100 * KIB, peerBytes: 300 * KIB };

/** Names of what was cut, in order. */
function setUp() {
  const intake = new Intake(LIMITS);
  const cuts: string[] = [];
  const open = (name: string, peer = '10.0.0.1', standing: Standing = 'any'): Place => {
    const caller: Caller = { peer, standing };
    return intake.open(caller, (why: Cut) => cuts.push(`${name} ${why}`));
  };
  return { intake, cuts, open };
}

describe('who makes room', () => {
  it('nobody, while there is room', () => {
    const { intake, cuts, open } = setUp();
    open('a').hold(500 * KIB, 500 * KIB);
    open('b').hold(500 * KIB, 500 * KIB);
    expect([intake.held, cuts]).toEqual([1000 * KIB, []]);
  });

  it('a large body for one of ordinary size, the oldest of several first, and no more than is needed', () => {
    const { intake, cuts, open } = setUp();
    const [first, second, third] = ['first', 'second', 'third'].map(name => open(name));
    third?.hold(KIB, 400 * KIB);
    second?.hold(KIB, 300 * KIB);
    first?.hold(KIB, 300 * KIB);
    open('ordinary').hold(KIB, 50 * KIB);
    expect(cuts).toEqual(['first busy']);
    expect(intake.held).toBe(750 * KIB);
  });

  it('large bodies for one of ordinary size that is older than all of them, from the same address', () => {
    const { intake, cuts, open } = setUp();
    open('ordinary').hold(90 * KIB, 90 * KIB);
    for (let i = 0; i < 6; i++) open(`large ${i}`).hold(300 * KIB, 300 * KIB);
    expect(cuts).toEqual(['large 0 busy', 'large 1 busy', 'large 2 busy']);
    expect(intake.held).toBe(990 * KIB);
  });

  it('where all are of ordinary size, the oldest', () => {
    const { cuts, open } = setUp();
    for (let i = 0; i < 12; i++) open(`${i}`).hold(100 * KIB, 100 * KIB);
    expect(cuts).toEqual(['0 busy', '1 busy']);
  });

  it('of the address that holds most, so that another one, with what it takes, is not asked', () => {
    const { cuts, open } = setUp();
    open('quiet', '10.0.0.2').hold(90 * KIB, 90 * KIB);
    for (let i = 0; i < 11; i++) open(`${i}`).hold(90 * KIB, 90 * KIB);
    expect(cuts).toEqual(['0 busy']);
  });

  it('of many addresses that hold less than one with a full load, the oldest: none of that load', () => {
    const { cuts, open } = setUp();
    for (let i = 0; i < 11; i++) open(`${i}`, `10.0.1.${i}`).hold(90 * KIB, 90 * KIB);
    for (let i = 0; i < 3; i++) open('API server', '10.0.0.1').hold(90 * KIB, 90 * KIB);
    expect(cuts).toEqual(['0 busy', '1 busy', '2 busy']);
  });

  it('a stranger for a known caller, however large and old that is', () => {
    const { cuts, open } = setUp();
    open('known', '10.0.0.1', 'known').hold(800 * KIB, 800 * KIB);
    open('stranger', '10.0.0.2', 'stranger').hold(150 * KIB, 150 * KIB);
    open('known too', '10.0.0.1', 'known').hold(KIB, 60 * KIB);
    expect(cuts).toEqual(['stranger busy']);
  });

  it('also what is whole and waits, so that nothing can be held for good', () => {
    const { intake, cuts, open } = setUp();
    const whole = open('whole');
    whole.hold(990 * KIB, 990 * KIB);
    whole.whole = true;
    const late = open('late');
    late.hold(20 * KIB, 20 * KIB);
    expect([intake.held, cuts]).toEqual([20 * KIB, ['whole busy']]);
    whole.leave();
    late.leave();
    expect(intake.held).toBe(0);
  });

  it('a body larger than all of the room', () => {
    const { intake, cuts, open } = setUp();
    open('huge').hold(1001 * KIB, 1001 * KIB);
    expect([intake.held, cuts]).toEqual([0, ['huge busy']]);
  });
});

describe('who is slow', () => {
  const ticks = (intake: Intake, count: number, idle = true): void => {
    for (let i = 0; i < count; i++) intake.tick(idle);
  };

  it.each([true, false])('a body that brings nothing in nine ticks, the loop idle: %j', idle => {
    const { intake, cuts, open } = setUp();
    open('stalled').hold(KIB, KIB);
    ticks(intake, idle ? 8 : 9, idle);
    expect(cuts).toEqual([]);
    ticks(intake, 1, idle);
    expect([intake.held, cuts]).toEqual([0, ['stalled stalled']]);
  });

  it('one that sends a little at a time, unless the loop has too much to do to read more', () => {
    for (const idle of [true, false]) {
      const { intake, cuts, open } = setUp();
      const trickling = open('trickling');
      for (let i = 1; i <= 9; i++) {
        trickling.hold(KIB, i * KIB);
        ticks(intake, 1, idle);
      }
      expect(cuts).toEqual(idle ? ['trickling stalled'] : []);
    }
  });

  it('none that brings half a megabyte a tick, though it may pause', () => {
    const { intake, cuts, open } = setUp();
    const large = open('large');
    for (let i = 1; i <= 60; i++) {
      large.hold(512 * KIB, KIB);
      ticks(intake, 1);
    }
    ticks(intake, 8);
    expect(cuts).toEqual([]);
    ticks(intake, 1);
    expect(cuts).toEqual(['large stalled']);
  });

  it('none that is whole, or was answered', () => {
    const { intake, cuts, open } = setUp();
    open('whole').whole = true;
    open('answered').leave();
    ticks(intake, 100);
    expect(cuts).toEqual([]);
  });
});
