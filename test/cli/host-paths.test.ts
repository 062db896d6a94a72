import { expect, it } from 'vitest';
import { cofferdam } from './stranger.ts';

interface Result {
  readonly name: string;
  readonly verdict: string;
  readonly findings: readonly { signal: string; category: string; weight: number; message: string }[];
}

const { out } = await cofferdam(['review', '-o', 'json', 'test/fixtures/host-paths/agents.yaml']);
const { results } = JSON.parse(out) as { results: Result[] };
const risks = ({ findings }: Result) =>
  findings.filter(({ category }) => category !== 'hygiene' && category !== 'requirement');

it('each path of the host is what it is, and forbidden all the same', () => {
  const told = results.map(one => [
    one.name,
    one.verdict,
    ...risks(one).map(({ signal, category, weight }) => `${signal} ${category} ${weight}`),
  ]);
  expect(told).toEqual([
    ['clock', 'reject', 'hostPathPublic exposure 30'],
    ['certificates', 'reject', 'hostPathPublic exposure 30'],
    ['syslog', 'reject', 'hostPathPublic exposure 30'],
    ['shared-memory', 'reject', 'hostPath exposure 50'],
    ['bus', 'reject', 'hostPathService exposure 60'],
    ['units', 'reject', 'hostPathService exposure 60'],
    ['probed', 'reject', 'hostNetwork exposure 50'],
  ]);
});

it('none is told to be a driver, a key or a container runtime', () => {
  const messages = results.flatMap(risks).map(({ message }) => message);
  expect(messages.length).toBe(7);
  expect(messages.filter(message => /driver|\bkeys?\b|runtime/.test(message))).toEqual([]);
});
