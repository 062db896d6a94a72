import { expect, it } from 'vitest';
import { boundedLookUp } from '../../src/admission/look-up.ts';

/** A clock that stands until it is told, and names that are looked up; those that start with `is` are found. */
function setUp() {
  const asked: string[] = [];
  let time = 0;
  const find = boundedLookUp(
    async name => {
      asked.push(name);
      return name.startsWith('is') ? name : undefined;
    },
    () => time,
    0,
  );
  return { asked, find, pass: (milliseconds: number) => (time += milliseconds) };
}

it('names that are made up cause ten calls at once and ten a second', async () => {
  const { asked, find, pass } = setUp();
  for (let i = 0; i < 300; i++) await find(`no-${i}`);
  expect(asked).toHaveLength(10);
  pass(500);
  for (let i = 0; i < 300; i++) await find(`none-${i}`);
  expect(asked).toHaveLength(15);
  pass(60_000);
  await Promise.all(Array.from({ length: 300 }, (_, i) => find(`nowhere-${i}`)));
  expect(asked).toHaveLength(25);
});

it('names that are there are not counted', async () => {
  const { asked, find } = setUp();
  for (let i = 0; i < 300; i++) expect(await find(`is-${i}`)).toBe(`is-${i}`);
  expect(asked).toHaveLength(300);
});

it('one name that many ask for at once is one call', async () => {
  const { asked, find } = setUp();
  await Promise.all(Array.from({ length: 300 }, () => find('is')));
  expect(asked).toEqual(['is']);
});

it('a call that fails counts as one that found nothing', async () => {
  let calls = 0;
  const find = boundedLookUp(
    async () => {
      calls++;
      throw new Error('no answer');
    },
    () => 0,
    0,
  );
  for (let i = 0; i < 20; i++) await find('a').catch(() => undefined);
  expect(calls).toBe(10);
});
