import { expect, it } from 'vitest';
import { feed } from '../../src/controller/feed.ts';

it('a follower is given the newest at once, then each that comes, until it leaves', () => {
  const source = feed<number>();
  const [early, late]: [number[], number[]] = [[], []];
  const leave = source.follow(value => early.push(value));
  source.push(1);
  source.push(2);
  source.follow(value => late.push(value));
  leave();
  source.push(3);
  expect([early, late]).toEqual([
    [1, 2],
    [2, 3],
  ]);
});
