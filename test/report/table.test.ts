import { describe, expect, it } from 'vitest';
import type { Mode } from '../../src/pod/mode.ts';
import type { Reviewed } from '../../src/report/result.ts';
import { table } from '../../src/report/table.ts';
import { decided } from './decided.ts';

const STYLE = { color: false, width: 100 };
const reviewed = (name: string, mode: Mode, given: Parameters<typeof decided>[0]): Reviewed => ({
  apiVersion: 'v1',
  kind: 'Pod',
  name,
  namespace: 'shop',
  source: { file: 'pod.yaml', line: 1 },
  mode,
  decision: decided(given),
  locate: path => ({ path, position: { file: 'pod.yaml', line: 7 } }),
});
const show = (results: readonly Reviewed[], style = STYLE): string =>
  table({ version: '1', results, skipped: new Map(), problems: [] }, style);

it('lines up columns by what a terminal shows, not by characters', () => {
  expect(
    show([reviewed('注文', 'enforce', {}), reviewed('orders', 'enforce', {})]),
  ).toBe(`VERDICT  OBJECT      NAMESPACE  CLASS  SCORE  REQUIRED
admit    Pod/注文    shop       -          0  host-kernel
admit    Pod/orders  shop       -          0  host-kernel

2 objects judged: 2 admit.
`);
});

describe('modes', () => {
  it.each([
    ['off', 'reject (off)', 'Mode off: the webhook does not look; these verdicts are what it would find.\n'],
    [
      'audit',
      'reject (audit)',
      'Mode audit: verdicts are recorded; nobody is warned, nothing is changed or rejected.\n',
    ],
    ['warn', 'reject (warn)', 'Mode warn: clients are warned; nothing is changed or rejected.\n'],
    ['inject', 'reject (inject)', 'Mode inject: classes are set, and clients warned; nothing is rejected.\n'],
    ['enforce', 'reject', '1 object judged: 1 reject.\n'],
  ] as const)('%s', (mode, verdict, end) => {
    const lines = show([reviewed('exporter', mode, { spec: 'hostPID: true' })]);
    expect(lines.split('\n')[1]?.split('  ')[0]).toBe(verdict);
    expect(lines.endsWith(end)).toBe(true);
  });

  it('inject does what a verdict sandbox says', () => {
    const result = reviewed('boxed', 'inject', { container: 'securityContext: {privileged: true}' });
    expect(show([result]).split('\n')[1]?.split('  ')[0]).toBe('sandbox');
  });
});

it('says in which namespaces a mode holds, where not all have it', () => {
  const exempt = { ...reviewed('a', 'warn', { spec: 'hostPID: true' }), namespace: 'dev' };
  const lines = show([exempt, reviewed('b', 'enforce', { spec: 'hostPID: true' })]);
  expect(lines.split('\n').at(-2)).toBe(
    'Mode warn (namespace dev): clients are warned; nothing is changed or rejected.',
  );
});

it.each([
  ['audit', 'would be set'],
  ['enforce', 'is set'],
] as const)('in mode %s a class %s', (mode, words) => {
  const given = { container: 'securityContext: {privileged: true}' };
  expect(show([reviewed('boxed', mode, given)])).toContain(`Why: RuntimeClass "kata-qemu" (vm) ${words}: `);
});

it('shows no fix for what is exempt', () => {
  const policies = `apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata: {name: exporters}
spec: {match: {namespaces: [shop]}, waive: [{signal: hostPID}], owner: a, reason: b, expires: 2027-01-01T00:00:00Z}
`;
  const spec = 'hostPID: true\n  securityContext: {seccompProfile: {type: Unconfined}}';
  const shown = show([reviewed('p', 'enforce', { spec, policies })]);
  expect(shown).toContain('spec.hostPID = true (waived by exporters)\n');
  expect(shown).not.toContain('Fix: Remove hostPID');
});

it('shows three places of a signal, and how many more', () => {
  const volumes = [1, 2, 3, 4, 5].map(i => `{name: v${i}, hostPath: {path: /srv/${i}}}`).join(', ');
  expect(
    show([reviewed('p', 'enforce', { spec: `volumes: [${volumes}]` })]),
  ).toBe(`VERDICT  OBJECT  NAMESPACE  CLASS  SCORE  REQUIRED
reject   Pod/p   shop       -         50  app-kernel
  Why: No sandbox can contain path of the host.
  pod.yaml:7  spec.volumes[0].hostPath = /srv/1
  pod.yaml:7  spec.volumes[1].hostPath = /srv/2
  pod.yaml:7  spec.volumes[2].hostPath = /srv/3
              and 2 more places
    Fix: Use an emptyDir, a PersistentVolumeClaim or a ConfigMap.

1 object judged: 1 reject.
`);
});

it('colours the verdict, and nothing where colour is off', () => {
  const results = [reviewed('fine', 'enforce', {})];
  expect(show(results, { color: true, width: 100 })).toContain('\u001b[32madmit\u001b[39m    Pod/fine');
  expect(show(results)).not.toContain('\u001b');
});
