import { describe, expect, it } from 'vitest';
import { judge } from '../../src/admission/judge.ts';
import type { Path } from '../../src/admission/judgement.ts';
import { logFields } from '../../src/admission/log-fields.ts';
import type { Mode } from '../../src/pod/mode.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { depsWith, NOW, pod, reviewOf } from './support.ts';

const MESSAGE = 'What faces the internet runs in a sandbox (ask the platform team).';
const POLICY = {
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: { name: 'internet' },
  spec: {
    scoring: {
      rules: [
        {
          name: 'public',
          expression: "object.metadata.?labels.?exposure.orValue('') == 'public'",
          weight: 40,
          message: MESSAGE,
        },
        { name: 'silent', expression: 'true', weight: 1 },
      ],
    },
  },
};
const EXEMPTION = {
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'SandboxExemption',
  metadata: { name: 'agents' },
  spec: {
    match: { namespaces: ['shop'] },
    waive: [{ signal: 'hostIPC' }],
    owner: 'platform',
    reason: 'it shares memory',
    expires: '2027-01-01T00:00:00Z',
  },
};
const snapshot = snapshotOf([POLICY, EXEMPTION]);
const deps = { ...depsWith(), current: () => ({ ...depsWith().current(), snapshot }) };
const answer = (object: unknown, path: Path, mode: Mode, fields = {}) =>
  judge(reviewOf(object, fields), path, mode, deps);
const PUBLIC = { labels: { exposure: 'public' } };
const WARNING = `Pod "web": rule "public" of policy "internet": ${MESSAGE}`;

describe('the message of a rule that counted', () => {
  it.each([
    ['warn', 'mutate'],
    ['inject', 'mutate'],
    ['inject', 'validate'],
  ] as const)('is a warning in mode %s on %s', (mode, path) => {
    const { response } = answer(pod({}, PUBLIC), path, mode);
    expect(response.allowed).toBe(true);
    expect(response.warnings).toContain(WARNING);
  });

  it('is in a refusal, of what nothing contains and of what lost its class', () => {
    const rejected = answer(pod({ hostPID: true }, PUBLIC), 'mutate', 'enforce').response.status?.message;
    expect(rejected?.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/^Pod "web" rejected by policy "balanced": /),
      `Rule "public" of policy "internet": ${MESSAGE}`,
      expect.stringMatching(/^Fix: /),
    ]);
    const lost = answer(pod({}, PUBLIC), 'validate', 'enforce').response.status?.message;
    expect(lost?.split('\n').slice(1)).toEqual([WARNING]);
  });

  it.each(['warn', 'enforce'] as const)('is told of a workload in mode %s', mode => {
    const template = pod(mode === 'enforce' ? { hostPID: true } : {}, PUBLIC);
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template },
    };
    const { response } = answer(deployment, 'validate', mode, {
      kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
      resource: { group: 'apps', version: 'v1', resource: 'deployments' },
    });
    expect(response.warnings).toContain(`Pod of Deployment: rule "public" of policy "internet": ${MESSAGE}`);
  });

  it('is cut to what a warning holds', () => {
    const long = structuredClone(POLICY);
    long.spec.scoring.rules.splice(0, 1, {
      ...POLICY.spec.scoring.rules[0],
      message: 'x'.repeat(1024),
    } as never);
    const current = () => ({ ...depsWith().current(), snapshot: snapshotOf([long]) });
    const { response } = judge(reviewOf(pod({}, PUBLIC)), 'mutate', 'warn', { ...deps, current });
    expect(response.warnings?.find(line => line.includes('xxx'))).toHaveLength(256);
  });

  it('does not nag about a Pod that is let in as it asks', () => {
    const { response, verdict } = answer(pod({ runtimeClassName: 'gvisor' }, PUBLIC), 'mutate', 'warn');
    expect(verdict).toBe('admit');
    expect(response.warnings ?? []).not.toContain(WARNING);
  });
});

describe('the line of the log', () => {
  const line = (object: unknown) => logFields(answer(object, 'mutate', 'enforce'), 'mutate', 'enforce', 1);

  it('has rules that counted, with what they say', () => {
    expect(line(pod({}, PUBLIC)).rules).toEqual([
      { policy: 'internet', name: 'public', weight: 40, message: MESSAGE },
      { policy: 'internet', name: 'silent', weight: 1 },
    ]);
  });

  it('has a rule that could not be evaluated, with why', () => {
    const failing = structuredClone(POLICY);
    failing.spec.scoring.rules.splice(1, 1, {
      ...{ name: 'failing', expression: "object.metadata.labels['nobody'] == 'x'", weight: 30 },
      message: 'Say who you are.',
    });
    const current = () => ({ ...depsWith().current(), snapshot: snapshotOf([failing]) });
    const judged = judge(reviewOf(pod()), 'mutate', 'warn', { ...deps, current });
    expect(logFields(judged, 'mutate', 'warn', 1).rules).toEqual([
      {
        ...{ policy: 'internet', name: 'failing', weight: 30 },
        error: expect.any(String),
      },
    ]);
  });

  it('has exemptions that applied, with who answers for them and until when', () => {
    expect(line(pod({ hostIPC: true })).exemptions).toEqual([
      { name: 'agents', owner: 'platform', expires: '2027-01-01T00:00:00.000Z' },
    ]);
    expect(NOW).toBeLessThan(Date.parse(EXEMPTION.spec.expires));
  });

  it('has neither where there is none', () => {
    const { rules, ...fields } = logFields(
      judge(reviewOf(pod()), 'mutate', 'enforce', depsWith()),
      'mutate',
      'enforce',
      1,
    );
    expect({ rules, exemptions: 'exemptions' in fields }).toEqual({ rules: undefined, exemptions: false });
  });
});
