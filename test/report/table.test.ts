import { describe, expect, it } from 'vitest';
import type { Mode } from '../../src/pod/mode.ts';
import type { Reviewed } from '../../src/report/result.ts';
import { table } from '../../src/report/review/table.ts';
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
admit    Pod/注文    shop       -        0    host-kernel
admit    Pod/orders  shop       -        0    host-kernel

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
reject   Pod/p   shop       -       50    app-kernel
  Why: No sandbox can contain a path of the host.
  pod.yaml:7  hostPath  spec.volumes[0].hostPath = /srv/1
  pod.yaml:7  hostPath  spec.volumes[1].hostPath = /srv/2
  pod.yaml:7  hostPath  spec.volumes[2].hostPath = /srv/3
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

describe('at a glance', () => {
  const PID = { spec: 'hostPID: true' };
  const BOXED = { container: 'securityContext: {capabilities: {add: [SYS_ADMIN]}}' };
  const rows = (text: string): string[] =>
    [...text.matchAll(/^\w.*? {2,}Pod\/(\S+)/gm)].map(([, name = '']) => name);

  it('the gravest come first, each kind in its order, and what nobody asks about last', () => {
    const outside = { ...reviewed('outside', 'off', PID), outOfScope: true };
    const all = [
      reviewed('fine', 'enforce', {}),
      outside,
      reviewed('boxed', 'enforce', BOXED),
      reviewed('bad', 'enforce', PID),
      reviewed('off', 'off', PID),
      reviewed('worse', 'warn', PID),
    ];
    expect(rows(show(all))).toEqual(['bad', 'worse', 'boxed', 'fine', 'outside', 'off']);
  });

  it.each<[string, Parameters<typeof decided>[0], RegExp]>([
    ['nothing', {}, / {2}0 +host-kernel$/m],
    [
      'hygiene',
      { container: 'securityContext: {allowPrivilegeEscalation: true}' },
      / {2}0 \+5 +host-kernel$/m,
    ],
    ['an exposure', BOXED, / 60 +app-kernel$/m],
    [
      'both',
      { container: 'securityContext: {allowPrivilegeEscalation: true, capabilities: {add: [SYS_ADMIN]}}' },
      / 60 \+5 +app-kernel$/m,
    ],
    ['as much as there is', { spec: 'hostPID: true\n  hostNetwork: true' }, / 100 +vm$/m],
  ])('the score of %s shows what counts, and hygiene beside it', (_, given, cells) => {
    expect(show([reviewed('p', 'enforce', given)])).toMatch(cells);
  });

  it('a fix of several objects stands once, below them', () => {
    const text = show([
      reviewed('a', 'enforce', PID),
      reviewed('b', 'enforce', PID),
      reviewed('c', 'enforce', BOXED),
    ]);
    expect(text.match(/Fix: Remove hostPID/g)).toHaveLength(1);
    expect(text).toContain('\nFor 2 objects: Pod/a and Pod/b\n  Fix: Remove hostPID, or use');
    expect(text.indexOf('Fix: Remove the capability')).toBeLessThan(text.indexOf('For 2 objects'));
  });

  it('a fix of several signals of one object stands once, at the last of them', () => {
    const text = show([
      reviewed('a', 'enforce', { container: 'securityContext: {capabilities: {add: [SYS_ADMIN, NET_RAW]}}' }),
    ]);
    expect(text.match(/Fix: Remove the capability/g)).toHaveLength(1);
    expect(text.indexOf('Fix:')).toBeGreaterThan(text.indexOf('NET_RAW'));
  });

  it('a note says what is so and what to do, and stands once where it is the same', () => {
    const why = { signal: 'unsetLimits', reason: 'this VM gets 2048 MiB for what has none' };
    const boxed = (name: string, limits: string): Reviewed => ({
      ...reviewed(name, 'enforce', {
        container: `securityContext: {privileged: true}, resources: {limits: {${limits}}}`,
      }),
      degraded: [why],
    });
    const one = show([boxed('a', 'cpu: 1')]);
    expect(one.replaceAll(/\s+/g, ' ')).toContain(
      'Note: No memory limit (kata-qemu): this VM gets 2048 MiB for what has none. Set resources.limits.cpu and resources.limits.memory.',
    );
    expect(show([boxed('a', 'memory: 1')])).toContain('Note: No cpu limit (kata-qemu)');
    expect(show([boxed('a', '')])).toContain('Note: No cpu or memory limit (kata-qemu)');
    const two = show([boxed('a', 'cpu: 1'), boxed('b', 'cpu: 1')]);
    expect(two.match(/No memory limit/g)).toHaveLength(1);
    expect(two).toContain('\nFor 2 objects: Pod/a and Pod/b\n');
  });

  it('where there is no room beside a place, what is there stands below it', () => {
    const text = show([reviewed('a', 'enforce', PID)], { color: false, width: 30 });
    expect(text).toContain('\n  pod.yaml:7  hostPID\n    spec.hostPID = true\n');
  });
});

describe('the command that drafts an exemption', () => {
  const explaining = (result: Reviewed): readonly string[] => [
    'cofferdam',
    'explain',
    'a b.yaml',
    '--name',
    result.name,
  ];
  const offered = (results: readonly Reviewed[]): string =>
    table({ version: '1', results, skipped: new Map(), problems: [], explaining }, STYLE);
  const bad = reviewed('bad', 'enforce', { spec: 'hostPID: true' });

  it('stands below, to be copied', () => {
    expect(offered([bad])).toContain(
      "\nIf Pod/bad has to be as it is, this drafts an exemption:\n  cofferdam explain 'a b.yaml' --name bad\n",
    );
  });

  it('is that of the first of several', () => {
    const text = offered([bad, { ...bad, name: 'other' }]);
    expect(text.replaceAll('\n', ' ')).toContain(
      'If one of 2 has to be as it is (Pod/bad and Pod/other), this',
    );
    expect(text.match(/cofferdam explain/g)).toHaveLength(1);
  });

  it.each<[string, Reviewed]>([
    [
      'of what is sandboxed',
      reviewed('boxed', 'enforce', { container: 'securityContext: {privileged: true}' }),
    ],
    ['of a part of a Pod', { ...bad, isFragment: true }],
    ['where nobody asks', { ...bad, outOfScope: true }],
    [
      'where no exemption helps',
      reviewed('gpu', 'enforce', {
        spec: 'runtimeClassName: gvisor',
        container: 'resources: {limits: {amd.com/gpu: 1}}',
      }),
    ],
  ])('is not there %s', (_, result) => {
    expect(offered([result])).not.toContain('cofferdam explain');
  });
});
