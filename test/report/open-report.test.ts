import { describe, expect, it } from 'vitest';
import type { Isolation } from '../../src/profiles/isolation.ts';
import { MAX_RESULTS, reportOf, withTimesOf } from '../../src/report/open-report/report.ts';
import { isDrifted, resultOf, wordOf } from '../../src/report/open-report/result.ts';
import type { ReportResult } from '../../src/report/open-report/types.ts';
import { decided } from './decided.ts';

type Given = Parameters<typeof decided>[0];

const scanned = (given: Given, isolation: Isolation = 'host-kernel', name = 'web') => ({
  ...{ namespace: 'shop', name, uid: `uid-${name}`, isolation },
  decision: decided(given),
});
const MIRROR: Given = {
  spec: 'hostPID: true',
  annotations: 'kubernetes.io/config.mirror: x',
  request: { userInfo: { username: 'system:node:a', groups: ['system:nodes'] } },
};

describe('the word for a Pod that runs', () => {
  it.each<[string, Given, Isolation, string, boolean]>([
    ['one that needs nothing', {}, 'host-kernel', 'pass', false],
    [
      'one in the class that it needs',
      { labels: 'cofferdam.dev/risk: high', spec: 'runtimeClassName: gvisor' },
      'app-kernel',
      'pass',
      false,
    ],
    ['one without that class', { labels: 'cofferdam.dev/risk: high' }, 'host-kernel', 'warn', true],
    [
      'one in a weaker class',
      { labels: 'cofferdam.dev/risk: critical', spec: 'runtimeClassName: gvisor' },
      'app-kernel',
      'fail',
      true,
    ],
    ['one that nothing contains', { spec: 'hostPID: true' }, 'host-kernel', 'fail', true],
    [
      'one that its VM does not contain',
      { spec: 'hostPID: true\n  runtimeClassName: kata-qemu' },
      'vm',
      'fail',
      false,
    ],
    ['a mirror Pod', MIRROR, 'host-kernel', 'skip', false],
  ])('%s', (_, given, isolation, word, drifted) => {
    const pod = scanned(given, isolation);
    expect([wordOf(pod), isDrifted(pod)]).toEqual([word, drifted]);
  });
});

describe('a result', () => {
  it('of an exempt Pod that runs where it does not see what it is exempt for', () => {
    const pod = scanned(
      {
        spec: 'runtimeClassName: kata-qemu\n  volumes: [{name: v, hostPath: {path: /sys}}]',
        policies: `apiVersion: cofferdam.dev/v1alpha1
kind: SandboxExemption
metadata: {name: e}
spec: {match: {namespaces: [shop]}, waive: [{signal: hostPathSystem}], owner: o, reason: r, expires: 2027-01-01T00:00:00Z}
`,
      },
      'vm',
    );
    expect(wordOf(pod)).toBe('fail');
    expect(resultOf(pod, 'fail', 1000).message).toBe(
      'would be rejected: its RuntimeClass "kata-qemu" does not serve the host\'s /sys',
    );
  });

  it('of a Pod that would be rejected', () => {
    const pod = scanned({ spec: 'hostPID: true' });
    expect(resultOf(pod, 'fail', 1000)).toEqual({
      policy: 'balanced',
      rule: 'nothing-contains',
      category: 'Workload Isolation',
      severity: 'high',
      timestamp: { seconds: 1000, nanos: 0 },
      result: 'fail',
      scored: true,
      resources: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web', uid: 'uid-web' }],
      message: "would be rejected: no sandbox can contain the host's PID namespace (spec.hostPID = true)",
      properties: {
        isolation: 'host-kernel',
        required: 'vm',
        score: '80',
        signals: 'hostPID',
        fix: expect.stringContaining('hostPID'),
      },
    });
  });

  it('of a Pod that runs less isolated than is asked', () => {
    const pod = scanned({ labels: 'cofferdam.dev/risk: high' });
    expect(resultOf(pod, 'warn', 1000)).toMatchObject({
      rule: 'injected',
      severity: 'medium',
      result: 'warn',
      scored: false,
      message:
        'runs on the host kernel: RuntimeClass "gvisor" (app-kernel) would be set: the Pod needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod',
      properties: { isolation: 'host-kernel', required: 'app-kernel', runtimeClass: 'gvisor' },
    });
  });

  it.each([
    [
      'a floor of a VM without a score',
      {
        policies:
          '{apiVersion: cofferdam.dev/v1alpha1, kind: ClusterSandboxPolicy, metadata: {name: p}, spec: {minimumIsolation: vm}}',
      },
      'high',
    ],
    [
      'a floor of an application kernel',
      {
        policies:
          '{apiVersion: cofferdam.dev/v1alpha1, kind: ClusterSandboxPolicy, metadata: {name: p}, spec: {minimumIsolation: app-kernel}}',
      },
      'medium',
    ],
    ['a score of 90 or more', { labels: 'cofferdam.dev/risk: critical' }, 'critical'],
  ])('its severity follows %s', (_, given, severity) => {
    expect(resultOf(scanned(given), 'warn', 0).severity).toBe(severity);
  });

  it('cleans what an author wrote', () => {
    const pod = scanned({ labels: '"cofferdam.dev/risk": "high\\u202e\\n"' });
    expect(resultOf(pod, 'warn', 0).message).toMatch(/^[ -~]+$/);
  });
});

const result = (name: string, more: Partial<ReportResult> = {}): ReportResult => ({
  ...resultOf(scanned({ spec: 'hostPID: true' }, 'host-kernel', name), 'fail', 1000),
  ...more,
});
const SUMMARY = { pass: 3, fail: 0, warn: 0, error: 0, skip: 1 };
const report = (results: readonly ReportResult[], fail = results.length) =>
  reportOf({ namespace: 'shop', summary: { ...SUMMARY, fail }, results }, 2000);

describe('the Report of a namespace', () => {
  it('is none where all is well', () => {
    expect(reportOf({ namespace: 'shop', summary: SUMMARY, results: [] }, 0)).toBeUndefined();
  });

  it('says whose it is, of what, and how many', () => {
    expect(report([result('a')])).toEqual({
      apiVersion: 'openreports.io/v1alpha1',
      kind: 'Report',
      metadata: {
        namespace: 'shop',
        name: 'cofferdam',
        labels: { 'app.kubernetes.io/managed-by': 'cofferdam' },
      },
      source: 'cofferdam',
      scope: { apiVersion: 'v1', kind: 'Namespace', name: 'shop' },
      configuration: { limits: { maxResults: 500, statusFilter: ['fail', 'warn', 'error'] } },
      summary: { pass: 3, fail: 1, warn: 0, error: 0, skip: 1 },
      results: [result('a')],
    });
  });

  it('has the worst first, and is the same in whatever order they came', () => {
    const results = [
      result('d', { result: 'warn', severity: 'critical' }),
      result('c'),
      result('b', { severity: 'critical' }),
      result('a'),
      result('e', { result: 'error' }),
    ];
    const names = (list = results) => report(list)?.results.map(one => one.resources?.[0]?.name);
    expect(names()).toEqual(['e', 'b', 'a', 'c', 'd']);
    expect(names(results.toReversed())).toEqual(names());
  });

  it('holds so many at most, and says how many are left out', () => {
    const results = Array.from({ length: MAX_RESULTS }, (_, i) => result(`p${i}`));
    const whole = report(results);
    expect(whole?.results).toHaveLength(MAX_RESULTS);
    const cut = report(results, 1234);
    expect(cut?.results).toHaveLength(MAX_RESULTS + 1);
    expect(cut?.results.at(-1)).toMatchObject({
      rule: 'left-out',
      properties: { leftOut: '734' },
      message: '734 more results left out: a report holds the worst 500 at most; the summary counts all',
    });
    expect(cut?.results.at(-1)).not.toHaveProperty('resources');
  });

  it('stays below what etcd takes, whatever stands in it', () => {
    const message = '語'.repeat(3000);
    const results = Array.from({ length: MAX_RESULTS }, (_, i) => result(`p${i}`, { message }));
    const cut = report(results);
    const bytes = Buffer.byteLength(JSON.stringify(cut));
    expect(bytes).toBeLessThan(1024 * 1024);
    expect(bytes).toBeGreaterThan(900 * 1024);
    const kept = (cut?.results.length ?? 0) - 1;
    expect(cut?.results.at(-1)?.properties).toEqual({ leftOut: String(MAX_RESULTS - kept) });
  });

  it('keeps when a thing was found for as long as it is the same', () => {
    const before = [result('a', { timestamp: { seconds: 5, nanos: 0 } }), result('b')];
    const now = report([result('a'), result('b', { severity: 'critical' })]);
    if (!now) throw new Error('there should be a report');
    const times = withTimesOf(now, before).results.map(one => [
      one.resources?.[0]?.name,
      one.timestamp.seconds,
    ]);
    expect(times).toEqual([
      ['b', 1000],
      ['a', 5],
    ]);
  });
});
