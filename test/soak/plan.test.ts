import { expect, it } from 'vitest';
import { planOf } from './plan.ts';

it('is of an hour, with a kill every nine minutes and a warm-up of five', () => {
  expect(planOf([])).toEqual({
    seconds: 3600,
    warmUp: 300,
    sampleEvery: 5,
    faults: [
      { at: 150, what: 'replica' },
      ...[575, 1125, 1675].map(at => ({ at, what: 'replica' })),
      { at: 1950, what: 'API server' },
      ...[2225, 2775, 3325].map(at => ({ at, what: 'replica' })),
    ],
  });
});

it('has all of it in three minutes, too', () => {
  expect(planOf(['--minutes', '3'])).toEqual({
    seconds: 180,
    warmUp: 60,
    sampleEvery: 2,
    faults: [
      { at: 30, what: 'replica' },
      { at: 90, what: 'replica' },
      { at: 120, what: 'API server' },
      { at: 150, what: 'replica' },
    ],
  });
});

it.each([
  ['1', 'a number from 2 on'],
  ['many', 'a number from 2 on'],
])('takes no %s minutes', (minutes, problem) => {
  expect(() => planOf(['--minutes', minutes])).toThrow(problem);
});

it('takes no other options', () => {
  expect(() => planOf(['--hours', '1'])).toThrow('hours');
});
