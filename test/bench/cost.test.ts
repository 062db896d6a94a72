import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cost, costOf, costText, type NoCost, typical } from './cost.ts';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'cofferdam-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const COST: Cost = { cpuSeconds: 1.5, seconds: 12.25, mebibytes: 0 };

it('has figures of a command that ends by itself, whatever it has found', () => {
  const cost = costOf({ argv: ['bash', '-c', 'echo found >&2; exit 1'], mostSeconds: 600 }, scratch);
  expect(cost).toEqual({
    cpuSeconds: expect.any(Number),
    seconds: expect.any(Number),
    mebibytes: 0,
  });
  expect(costText(cost)).not.toContain('NaN');
});

it.each<[string, readonly string[], number, string]>([
  ['takes too long', ['sleep', '1000'], 0.1, 'more than 0.1 s'],
  ['is ended by somebody', ['bash', '-c', 'kill -TERM $$'], 600, 'ended by SIGTERM'],
  ['is not there', ['cofferdam-has-no-such-program'], 600, 'could not be started'],
])('says of a command that %s why it has none', (_, argv, mostSeconds, why) => {
  expect(costOf({ argv, mostSeconds }, scratch)).toEqual({ why });
});

it('says of one that is not bounded what it was ended by', () => {
  expect(costOf({ argv: ['bash', '-c', 'kill -KILL $$'] }, scratch)).toEqual({ why: 'ended by SIGKILL' });
});

it.each<[Cost | NoCost, string]>([
  [COST, '  1.50 s   12.25 s'],
  [{ ...COST, mebibytes: 153.7 }, '  1.50 s   12.25 s   154 MiB'],
  [{ why: 'more than 60 s' }, ' more than 60 s'],
])('prints %j', (cost, text) => {
  expect(costText(cost)).toBe(text);
});

it('has the middle of several, and none where one has none', () => {
  const other = { ...COST, seconds: 14 };
  expect(typical([other, COST, COST])).toEqual(COST);
  expect(typical([COST, { why: 'more than 60 s' }, COST])).toEqual({ why: 'more than 60 s' });
});
