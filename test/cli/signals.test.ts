import { expect, it } from 'vitest';
import { SIGNALS } from '../../src/signals/index.ts';
import { cofferdam } from './stranger.ts';

it('cofferdam signals has a row for each signal, in the order of findings', async () => {
  const { code, out, err } = await cofferdam(['signals']);
  const [head, ...rows] = out.trimEnd().split('\n');
  expect([code, err]).toEqual([0, '']);
  expect(head).toMatch(/^SIGNAL +CATEGORY +WEIGHT {2}WHAT IT IS$/);
  expect(rows.map(row => row.split(/ {2,}/))).toEqual(
    SIGNALS.map(({ id, category, weight, title }) => [id, category, String(weight), title]),
  );
});

it('tells of those that are named why they matter, what to do, and where that is written', async () => {
  const { out } = await cofferdam(['signals', 'hostPID', 'imageTag'], { columns: 80 });
  const lines = out.trimEnd().split('\n');
  expect(lines[1]).toMatch(/^hostPID +breakout +80 {2}Host PID namespace$/);
  expect(lines.filter(line => /^ {2}(Why|Fix|See): /.test(line))).toHaveLength(6);
  expect(out).toContain(
    '  Fix: Remove hostPID, or use shareProcessNamespace if the containers of the Pod\n       must see each other.\n',
  );
  expect(
    Math.max(...lines.filter(line => !line.startsWith('  See: ')).map(line => line.length)),
  ).toBeLessThanOrEqual(80);
});

it('is a list for programs with -o json', async () => {
  const { out } = await cofferdam(['signals', '-o', 'json']);
  const listed = JSON.parse(out) as readonly Record<string, unknown>[];
  expect(listed.map(({ id }) => id)).toEqual(SIGNALS.map(({ id }) => id));
  expect(listed.find(({ id }) => id === 'privileged')).toEqual({
    id: 'privileged',
    category: 'breakout',
    weight: 70,
    title: 'Privileged container',
    reason: expect.stringMatching(/^[A-Z].*[.]$/),
    fix: expect.stringMatching(/^Remove securityContext.privileged, .*[.]$/),
    source: expect.stringMatching(/^https:/),
  });
});

it.each([
  ['hostPdi', 'Did you mean hostPID?'],
  ['everything', '"cofferdam signals" lists them.'],
])('says of %s that there is none, and what was meant', async (id, fix) => {
  const { code, out, err } = await cofferdam(['signals', id]);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(`there is no signal ${id}`);
  expect(err).toContain(fix);
});
