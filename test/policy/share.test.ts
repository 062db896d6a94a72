import { expect, it } from 'vitest';
import { bytesOf, mostAsked, namespacesRead, notRead, SHARE, standIn } from '../../src/policy/share.ts';
import { LARGEST } from '../support/largest-policy.ts';
import { snapshotOf } from '../support/snapshot.ts';

const KIB = 1024;
const read = (loads: Readonly<Record<string, [policies: number, kib: number]>>) => [
  ...namespacesRead(
    new Map(Object.entries(loads).map(([name, [policies, kib]]) => [name, { policies, bytes: kib * KIB }])),
  ),
];

it('a namespace is within its share with a hundred policies, or one of the largest that the schema allows', () => {
  expect(read({ a: [100, 1], b: [101, 1], c: [1, 160], d: [1, 161] }).sort()).toEqual(['a', 'c']);
  expect(bytesOf([LARGEST])).toBeLessThan(SHARE.bytes);
});

it('what CEL takes once it is compiled counts', () => {
  const rules = [{ name: 'r', weight: 1, expression: 'x'.repeat(1000) }];
  expect(bytesOf([{ scoring: { rules } }])).toBeGreaterThan(3000);
  expect(bytesOf([{ scoring: { rules: 'none' } }, undefined, { scoring: { rules: [1] } }])).toBeLessThan(100);
  // A value without text takes only the bytes of its quotes.
  expect([bytesOf([undefined]), bytesOf([{}]), bytesOf([])]).toEqual([4, 6, 0]);
});

it('of many namespaces the smallest are read, as long as there is room', () => {
  const large = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`large-${i}`, [1, 120] as [number, number]]),
  );
  const found = read({ ...large, small: [1, 1], other: [50, 12] });
  expect(found.slice(0, 2)).toEqual(['small', 'other']);
  expect(found).toHaveLength(2 + 8);
  const many = Object.fromEntries(
    Array.from({ length: 60 }, (_, i) => [`n-${i}`, [100, 1] as [number, number]]),
  );
  expect(read(many)).toHaveLength(50);
});

it('of namespaces that take as much, the first by name are read, up to exactly the room that there is', () => {
  const names = Array.from('abcdefghi');
  const alike = (some: readonly string[]) =>
    Object.fromEntries(some.map(name => [name, [1, 128] as [number, number]]));
  for (const some of [names, names.toReversed()]) expect(read(alike(some)).join('')).toBe('abcdefgh');
});

it('many small policies take room as few large ones do', () => {
  const crowds = Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`crowd-${i}`, [100, 1] as [number, number]]),
  );
  const found = read({ ...crowds, modest: [1, 2] });
  expect(found[0]).toBe('modest');
  expect(found).toHaveLength(1 + 49);
});

it.each([
  ['nothing but defaults', {}, 'vm'],
  ['a minimum', { minimumIsolation: 'confidential-vm' }, 'confidential-vm'],
  ['tiers of its own', { tiers: [{ atLeast: 10, isolation: 'app-kernel' }] }, 'app-kernel'],
  ['no tiers', { tiers: [] }, 'host-kernel'],
  ['a word that is none', { tiers: [{ atLeast: 1, isolation: 'best' }] }, 'confidential-vm'],
  ['tiers that are none', { tiers: 'all' }, 'confidential-vm'],
  ['no spec', undefined, 'confidential-vm'],
])('a policy with %s asks for %s at most', (_, spec, most) => {
  expect(mostAsked(spec)).toBe(most);
});

it('what stands in for policies asks every Pod of their namespace for the most, and no other', () => {
  const one = standIn('shop', 'vm');
  const position = { file: 'SandboxPolicy/shop' };
  expect(one).toMatchObject({ position, standing: 'accepted' });
  expect(one.positionOf(['spec'])).toEqual(position);
  const { policies } = snapshotOf([one.value]);
  expect(policies.find(({ namespace }) => namespace !== undefined)).toMatchObject({
    namespace: 'shop',
    minimumIsolation: 'vm',
    selectors: {},
  });
});

it('that they are not read is an error of the namespace, in the words that their authors are told', () => {
  expect(notRead('shop', 'vm')).toEqual({
    severity: 'error',
    position: { file: 'SandboxPolicy/shop' },
    path: '',
    message:
      'the SandboxPolicies of this namespace are more than its share of 100, or of 160 KiB together, or than there is room for: none of them is in force, and every Pod here needs vm, the most that they ask for',
    fix: 'Shorten these policies, or merge some of them.',
  });
});
