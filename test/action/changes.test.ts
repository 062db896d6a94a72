import { expect, it } from 'vitest';
import { changes } from '../../scripts/action/changes.ts';

type Review = Parameters<typeof changes>[0];
type Result = Review['results'][number];

const on = (isolation: NonNullable<Result['isolation']>, more: Partial<Result> = {}): Result => ({
  source: 'a.yaml',
  line: 1,
  kind: 'Deployment',
  namespace: 'shop',
  name: 'web',
  verdict: isolation === 'host-kernel' ? 'admit' : 'sandbox',
  runtimeClass: isolation === 'host-kernel' ? null : isolation,
  isolation,
  reasons: [],
  ...more,
});
const rejected = (more: Partial<Result> = {}): Result => ({
  ...on('vm'),
  verdict: 'reject',
  runtimeClass: null,
  isolation: null,
  reasons: ["no sandbox can contain the host's PID namespace"],
  ...more,
});
const review = (...results: readonly Result[]): Review => ({ results });

/** The rows, without what names the object. */
const rows = (base: Review, head: Review): readonly string[] =>
  changes(base, head)
    .split('\n')
    .filter(line => /^\| [^|]/.test(line) && !line.startsWith('| |'))
    .map(line => {
      const [, fate, , , before, now] = line.split('|').map(cell => cell.trim());
      return `${fate}: ${before} → ${now}`;
    });

const REASON = "No sandbox can contain the host's PID namespace.";

it.each<[string, Result | undefined, Result | undefined, readonly string[]]>([
  [
    'a VM is an application kernel',
    on('vm'),
    on('app-kernel'),
    ['⬇️ less isolated: `vm` (vm) → `app-kernel` (app-kernel)'],
  ],
  [
    'a sandbox is left',
    on('app-kernel'),
    on('host-kernel'),
    ['⬇️ less isolated: `app-kernel` (app-kernel) → host kernel'],
  ],
  [
    'a confidential VM is a VM',
    on('confidential-vm'),
    on('vm'),
    ['⬇️ less isolated: `confidential-vm` (confidential-vm) → `vm` (vm)'],
  ],
  ['a sandbox is entered', on('host-kernel'), on('vm'), ['⬆️ better isolated: host kernel → `vm` (vm)']],
  ['it is rejected', on('host-kernel'), rejected(), [`❌ rejected: host kernel → ${REASON}`]],
  ['it is no longer rejected', rejected(), on('vm'), ['✅ no longer rejected: rejected → `vm` (vm)']],
  ['it is new, and rejected', undefined, rejected(), [`❌ rejected:  → ${REASON}`]],
  ['it is new, in a sandbox', undefined, on('vm'), ['🆕 new in a sandbox:  → `vm` (vm)']],
  ['it is new, and like any other', undefined, on('host-kernel'), []],
  ['it is gone', rejected(), undefined, []],
  ['it is rejected as before', rejected(), rejected({ reasons: ['another'] }), []],
  ['its class is another that isolates the same', on('vm'), on('vm', { runtimeClass: 'kata-clh' }), []],
  ['it is out of scope', on('vm', { outOfScope: true }), rejected({ outOfScope: true }), []],
  [
    'no ready node can take it any more',
    on('vm'),
    on('vm', { waits: true }),
    ['⏳ would wait: `vm` (vm) → `vm` (vm), waits'],
  ],
  [
    'no ready node can take it on the host kernel',
    on('host-kernel'),
    on('host-kernel', { waits: true }),
    ['⏳ would wait: host kernel → host kernel, waits'],
  ],
  [
    'a node can take it again',
    on('vm', { waits: true }),
    on('vm'),
    ['▶️ no longer waits: `vm` (vm), waits → `vm` (vm)'],
  ],
  [
    'it is less isolated, and waits besides',
    on('vm'),
    on('app-kernel', { waits: true }),
    ['⬇️ less isolated: `vm` (vm) → `app-kernel` (app-kernel), waits'],
  ],
  [
    'it is better isolated, and waits besides',
    on('app-kernel'),
    on('vm', { waits: true }),
    ['⏳ would wait: `app-kernel` (app-kernel) → `vm` (vm), waits'],
  ],
  ['it waits as before', on('vm', { waits: true }), on('vm', { waits: true }), []],
  ['it is new, and waits', undefined, on('vm', { waits: true }), ['⏳ would wait:  → `vm` (vm), waits']],
  [
    'it waited and is rejected',
    on('vm', { waits: true }),
    rejected(),
    [`❌ rejected: \`vm\` (vm), waits → ${REASON}`],
  ],
  [
    'of a DaemonSet, another node cannot run it',
    on('vm', { nodes: { goesTo: 4, cannotRun: ['a'] } }),
    on('vm', { nodes: { goesTo: 4, cannotRun: ['a', 'b'] } }),
    ['⏳ would wait: `vm` (vm), waits on 1 of 4 nodes → `vm` (vm), waits on 2 of 4 nodes'],
  ],
  [
    'of a DaemonSet, the node that cannot run it goes',
    on('vm', { nodes: { goesTo: 2, cannotRun: ['a'] } }),
    on('vm', { nodes: { goesTo: 1, cannotRun: [] } }),
    [],
  ],
  [
    'it comes into scope',
    on('vm', { outOfScope: true }),
    on('app-kernel'),
    ['🆕 new in a sandbox:  → `app-kernel` (app-kernel)'],
  ],
])('of what was there and what is: %s', (_, before, after, expected) => {
  expect(rows(review(...(before ? [before] : [])), review(...(after ? [after] : [])))).toEqual(expected);
});

it('says nothing where nothing became other', () => {
  expect(changes(review(), review())).toBe('');
  expect(changes(review(on('vm')), review(on('vm', { line: 40, source: 'moved.yaml' })))).toBe('');
});

it('has the worst first, in the table as in the headline', () => {
  const named = (name: string) => ({ name });
  const base = review(rejected(named('a')), on('vm', named('b')), on('vm', named('c')), on('vm', named('d')));
  const head = review(
    on('vm', named('a')),
    on('host-kernel', named('b')),
    rejected(named('c')),
    on('app-kernel', named('d')),
  );
  expect(changes(base, head).split('\n')[0]).toBe(
    '### ⚠️ What this change does: 1 rejected, 2 less isolated, 1 no longer rejected',
  );
  expect(rows(base, head).map(row => row.replace(/:.*/, ''))).toEqual([
    '❌ rejected',
    '⬇️ less isolated',
    '⬇️ less isolated',
    '✅ no longer rejected',
  ]);
  expect(changes(review(rejected()), review(on('vm'))).split('\n')[0]).toBe(
    '### ✅ What this change does: 1 no longer rejected',
  );
});

it('warns where nothing is worse but that something would wait', () => {
  expect(changes(review(on('vm')), review(on('vm', { waits: true }))).split('\n')[0]).toBe(
    '### ⚠️ What this change does: 1 would wait',
  );
});

it('tells objects of one name apart by their files, in whatever order they stand', () => {
  const staging = (result: Result): Result => ({ ...result, source: 'staging.yaml' });
  const base = review(on('vm'), staging(on('host-kernel')));
  expect(changes(base, review(staging(on('host-kernel')), on('vm')))).toBe('');
  // One was moved: it is what is left.
  const moved = { ...on('host-kernel'), source: 'moved.yaml' };
  expect(changes(base, review(moved, on('vm')))).toBe('');
});

it('keeps to what a comment can hold, and lets no name be markup', () => {
  const many = Array.from({ length: 60 }, (_, i) => rejected({ name: `a|b\`${i}`, namespace: '<b>@all' }));
  const text = changes(review(), review(...many));
  expect(text.split('\n').filter(line => line.startsWith('| ❌')).length).toBe(50);
  expect(text).toContain('\nAnd 10 more.\n');
  expect(text).toContain('| `` Deployment/a\\|b`0 `` | `<b>@all` |');
});
