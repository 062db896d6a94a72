import { describe, expect, it } from 'vitest';
import { judge } from '../../src/admission/judge.ts';
import type { Path } from '../../src/admission/judgement.ts';
import { builtinView } from '../../src/cluster/builtin.ts';
import type { Mode } from '../../src/pod/mode.ts';
import { filledTo } from '../support/bounds.ts';
import { CRITICAL, decodePatch, depsWith, PODS, pod, RISKY, reviewOf } from './support.ts';

const deps = depsWith();
const answer = (review: unknown, path: Path = 'validate', mode: Mode = 'enforce') =>
  judge(review, path, mode, deps).response;

/** `allowed`, whether it warns, whether it patches. */
const shape = (path: Path, mode: Mode, verdict: keyof typeof PODS) => {
  const response = answer(reviewOf(PODS[verdict]), path, mode);
  return [response.allowed, response.warnings !== undefined, response.patch !== undefined];
};

describe('what each mode makes of each verdict', () => {
  it.each<[Path, Mode, keyof typeof PODS, boolean, boolean, boolean]>([
    ['mutate', 'off', 'admit', true, false, false],
    ['mutate', 'off', 'sandbox', true, false, false],
    ['mutate', 'off', 'reject', true, false, false],
    ['mutate', 'audit', 'admit', true, false, false],
    ['mutate', 'audit', 'sandbox', true, false, false],
    ['mutate', 'audit', 'reject', true, false, false],
    ['mutate', 'warn', 'admit', true, false, false],
    ['mutate', 'warn', 'sandbox', true, true, false],
    ['mutate', 'warn', 'reject', true, true, false],
    ['mutate', 'inject', 'admit', true, false, false],
    ['mutate', 'inject', 'sandbox', true, true, true],
    ['mutate', 'inject', 'reject', true, true, false],
    ['mutate', 'enforce', 'admit', true, false, false],
    ['mutate', 'enforce', 'sandbox', true, true, true],
    ['mutate', 'enforce', 'reject', false, false, false],
    ['validate', 'off', 'sandbox', true, false, false],
    ['validate', 'off', 'reject', true, false, false],
    ['validate', 'audit', 'sandbox', true, false, false],
    ['validate', 'audit', 'reject', true, false, false],
    ['validate', 'warn', 'sandbox', true, true, false],
    ['validate', 'warn', 'reject', true, true, false],
    ['validate', 'inject', 'admit', true, false, false],
    ['validate', 'inject', 'sandbox', true, true, false],
    ['validate', 'inject', 'reject', true, true, false],
    ['validate', 'enforce', 'admit', true, false, false],
    ['validate', 'enforce', 'sandbox', false, false, false],
    ['validate', 'enforce', 'reject', false, false, false],
  ])('/%s/%s of a Pod to %s: allowed %s, warned %s, patched %s', (path, mode, verdict, ...expected) => {
    expect(shape(path, mode, verdict)).toEqual(expected);
  });
});

describe('a Pod with more than the bounds let it have', () => {
  const review = reviewOf(filledTo('annotations', 251));

  it('is turned away where the mode rejects, and told why', () => {
    expect(answer(review, 'mutate', 'enforce').status?.message).toBe(
      [
        'Pod "p" rejected: it has 251 annotations, of 250 at most',
        'Fix: Take out what it does not need, or make several Pods of it. No exemption waives this.',
      ].join('\n'),
    );
  });

  it.each(['warn', 'inject'] as const)('is warned of in mode %s', mode => {
    expect(answer(review, 'mutate', mode)).toMatchObject({
      allowed: true,
      warnings: [
        'Pod "p" would be rejected: it has 251 annotations, of 250 at most',
        'Pod "p": Fix: Take out what it does not need, or make several Pods of it. No exemption waives this.',
      ],
    });
  });
});

it('records the same decision in every mode but off', () => {
  const recorded = (['audit', 'warn', 'inject', 'enforce'] as const).map(
    mode => answer(reviewOf(PODS.sandbox), 'mutate', mode).auditAnnotations,
  );
  expect(new Set(recorded.map(annotations => JSON.stringify(annotations))).size).toBe(1);
  expect(recorded[0]).toMatchObject({
    verdict: 'sandbox',
    required: 'app-kernel',
    policy: 'balanced',
    'runtime-class': 'gvisor',
  });
  expect(answer(reviewOf(PODS.sandbox), 'mutate', 'off')).toEqual({ uid: 'uid-1', allowed: true });
});

it('lists findings in the audit annotation, ten at most', () => {
  const containers = Array.from({ length: 12 }, (_, i) => ({
    name: `c${i}`,
    image: 'registry.example/app:1',
    securityContext: { privileged: true },
  }));
  const findings = answer(reviewOf(pod({ containers }))).auditAnnotations?.findings;
  expect(findings).toMatch(/^privileged \(spec\.containers\[0\]\.securityContext\.privileged\), /);
  expect(findings).toMatch(/, and \d+ more$/);
});

describe('denials', () => {
  it('carry a reason in at most three lines where no rule says something, as a 403', () => {
    const { status } = answer(reviewOf(PODS.reject), 'mutate');
    expect(status).toMatchObject({ code: 403, reason: 'Forbidden' });
    expect(status?.message).toMatch(/^Pod "web" rejected by policy "balanced": .*spec\.hostPID/);
    expect(status?.message.split('\n').length).toBeLessThanOrEqual(3);
  });

  it('name a Pod that has no name yet by its prefix', () => {
    const generated = pod({ hostPID: true }, { name: undefined, generateName: 'web-' });
    expect(answer(reviewOf(generated)).status?.message).toMatch(/^Pod "web-" rejected/);
  });
});

it('warns with no more than the API server lets through', () => {
  const image = `registry.example/${'a'.repeat(400)}:1`;
  const bad = pod({ hostPID: true, hostNetwork: true, containers: [{ name: 'a'.repeat(300), image }] });
  const { warnings = [] } = answer(reviewOf(bad), 'validate', 'warn');
  expect(warnings.length).toBeGreaterThan(0);
  expect(Math.max(...warnings.map(warning => warning.length))).toBeLessThanOrEqual(256);
});

it('bypass 17: a mutation that a later webhook undid is denied on /validate/enforce', () => {
  const { allowed, status } = answer(reviewOf(PODS.sandbox), 'validate', 'enforce');
  expect(allowed).toBe(false);
  expect(status?.message).toBe(
    'Pod "web" lost RuntimeClass "gvisor" on its way here, or was never given it. Set runtimeClassName; the Pod needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod',
  );
  expect(answer(reviewOf(PODS.sandbox), 'validate', 'inject').warnings).toEqual([status?.message]);
});

it.each([
  [
    'enforce',
    'has RuntimeClass "gvisor", which is no longer enough. Set runtimeClassName to "kata-qemu"; the Pod needs a VM (vm)',
  ],
  ['warn', 'would be raised from RuntimeClass "gvisor" to RuntimeClass "kata-qemu": the Pod needs a VM (vm)'],
] as const)('an injected class that is no longer enough is told on /validate/%s', (mode, message) => {
  const annotations = { 'cofferdam.dev/injected-runtime-class': 'gvisor' };
  const injected = pod({ runtimeClassName: 'gvisor' }, { ...CRITICAL, annotations });
  const { status, warnings } = answer(reviewOf(injected), 'validate', mode);
  expect(status?.message ?? warnings?.[0]).toBe(
    `Pod "web" ${message} because of the label cofferdam.dev/risk=critical on the Pod`,
  );
});

describe('updates and subresources', () => {
  const ephemeral = (privileged: boolean) =>
    pod({
      ephemeralContainers: [
        { name: 'debug', image: 'registry.example/debug:1', securityContext: { privileged } },
      ],
    });
  const update = (object: unknown, oldObject: unknown, subResource = '') =>
    reviewOf(object, { operation: 'UPDATE', oldObject, subResource });

  it.each([
    ['ephemeralcontainers', true, false],
    ['ephemeralcontainers', false, true],
    ['resize', true, false],
    ['status', true, false],
    ['some-later-one', true, false],
  ])('pods/%s that adds a container, privileged %s: allowed %s', (subResource, privileged, allowed) => {
    expect(answer(update(ephemeral(privileged), PODS.admit, subResource)).allowed).toBe(allowed);
  });

  it.each(['attach', 'binding', 'eviction', 'exec', 'log', 'portforward', 'proxy'])(
    'pods/%s is no Pod and is let through',
    subResource => {
      const other = { kind: { group: '', version: 'v1', kind: 'PodExecOptions' }, subResource };
      expect(answer(reviewOf({ kind: 'PodExecOptions' }, other))).toEqual({ uid: 'uid-1', allowed: true });
    },
  );

  it.each(['DELETE', 'CONNECT'])('%s is let through', operation => {
    expect(answer(reviewOf(null, { operation }))).toEqual({ uid: 'uid-1', allowed: true });
  });

  it('never changes a Pod on UPDATE', () => {
    expect(answer(update(PODS.sandbox, PODS.admit), 'mutate')).not.toHaveProperty('patch');
  });

  it('lets an old Pod that violates be labelled and deleted', () => {
    const labelled = pod({ hostPID: true }, { labels: { touched: 'yes' } });
    expect(answer(update(labelled, PODS.reject)).allowed).toBe(true);
  });

  it('bypass 10: an old object that is missing, or no Pod, excuses nothing', () => {
    for (const oldObject of [undefined, null, 'text', { spec: 1 }]) {
      expect(answer(update(PODS.reject, oldObject)).allowed).toBe(false);
    }
  });

  it('bypass 10: an old object on CREATE is not looked at', () => {
    expect(answer(reviewOf(PODS.reject, { oldObject: PODS.reject })).allowed).toBe(false);
  });
});

it('bypass 4: a Pod with an owner is judged like any other', () => {
  const ownerReferences = [
    { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'x', uid: 'u', controller: true },
  ];
  expect(answer(reviewOf(pod({ hostPID: true }, { ownerReferences }))).allowed).toBe(false);
});

it('bypass 5: a Pod is judged whatever resource it comes by', () => {
  const resource = { group: 'example.dev', version: 'v1', resource: 'podlikes' };
  expect(answer(reviewOf(PODS.reject, { resource })).allowed).toBe(false);
});

it('bypass 5: a Pod of a version that is not read here is denied', () => {
  const kind = { group: '', version: 'v2', kind: 'Pod' };
  expect(answer(reviewOf(PODS.admit, { kind })).allowed).toBe(false);
});

describe('bypass 16: the mirror annotation', () => {
  const annotations = { 'kubernetes.io/config.mirror': 'x', 'cofferdam.dev/score': '0' };
  const mirror = pod({ hostPID: true }, { annotations });
  it('is believed from a node, whose Pod is not changed', () => {
    const userInfo = { username: 'system:node:n1', groups: ['system:nodes'] };
    const response = answer(reviewOf(mirror, { userInfo }), 'mutate');
    expect(response.allowed).toBe(true);
    expect(response).not.toHaveProperty('patch');
  });
  it.each([
    { username: 'system:node:n1', groups: ['system:authenticated'] },
    { username: 'alice', groups: 'system:nodes' },
    undefined,
  ])('is not believed from %j', userInfo => {
    expect(answer(reviewOf(mirror, { userInfo }), 'mutate').allowed).toBe(false);
  });
});

it('judges by the namespace of the request, not of the object', () => {
  const view = {
    ...builtinView(),
    namespace: (name: string) =>
      name === 'shop' ? { name, labels: { 'cofferdam.dev/risk': 'critical' } } : { name, labels: {} },
  };
  const { decision } = judge(reviewOf(pod({}, { namespace: 'quiet' })), 'mutate', 'enforce', depsWith(view));
  expect(decision?.runtimeClass).toBe('kata-qemu');
});

it('fails closed where the namespace is not known', () => {
  const deps = depsWith({ ...builtinView(), namespace: () => undefined });
  expect(judge(reviewOf(PODS.admit), 'validate', 'enforce', deps).response.allowed).toBe(false);
});

describe('workloads', () => {
  const template = { metadata: {}, spec: { hostPID: true, containers: PODS.admit.spec.containers } };
  const workload = (kind: string, spec: unknown, mode: Mode = 'enforce', fields = {}) =>
    answer(
      reviewOf(
        { apiVersion: 'apps/v1', kind, metadata: { name: 'web' }, spec },
        {
          kind: { group: 'apps', version: 'v1', kind },
          resource: { group: 'apps', version: 'v1', resource: `${kind.toLowerCase()}s` },
          name: 'web',
          ...fields,
        },
      ),
      'validate',
      mode,
    );

  it('are warned about and never refused, also on update', () => {
    for (const operation of ['CREATE', 'UPDATE']) {
      const response = workload('Deployment', { template }, 'enforce', { operation });
      expect(response.allowed).toBe(true);
      expect(response.warnings?.[0]).toMatch(
        /^Pod of Deployment "web" would be rejected by policy "balanced": .*spec\.hostPID/,
      );
    }
  });

  it('are found where the template lies', () => {
    const cron = { apiVersion: 'batch/v1', kind: 'CronJob', spec: { jobTemplate: { spec: { template } } } };
    const kind = { group: 'batch', version: 'v1', kind: 'CronJob' };
    const resource = { group: 'batch', version: 'v1', resource: 'cronjobs' };
    expect(answer(reviewOf(cron, { kind, resource })).warnings).not.toHaveLength(0);
    expect(workload('Rollout', { strategy: {}, template }).warnings).not.toHaveLength(0);
  });

  it('that are too large to be looked through are said to be', () => {
    const pad = Array.from({ length: 200_001 }, () => []);
    expect(workload('Rollout', { template: {}, pad }).warnings).toEqual([
      'Rollout: its Pods cannot be judged: spec holds more than 200000 maps and lists, too many to be looked through for Pod templates',
    ]);
  });

  it('in mode warn are told of a sandbox, in audit of nothing', () => {
    const risky = { metadata: RISKY, spec: { containers: PODS.admit.spec.containers } };
    expect(workload('Deployment', { template: risky }, 'warn').warnings).toEqual([
      'Pod of Deployment "web" would be given RuntimeClass "gvisor": the Pod needs an application kernel (app-kernel) because of the label cofferdam.dev/risk=high on the Pod',
    ]);
    expect(workload('Deployment', { template: risky }, 'enforce')).not.toHaveProperty('warnings');
    expect(workload('Deployment', { template }, 'audit')).not.toHaveProperty('warnings');
  });

  it('of more templates than any has are judged by the first of them, and the rest is told', () => {
    const spec = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`part${i}`, { template }]));
    expect(workload('Herd', spec).warnings).toContain(
      'Herd: its Pods cannot be judged: 10 of its 30 Pod templates are too many to look at',
    );
  });

  it('with a template that cannot be read are let through with a warning', () => {
    for (const broken of [null, 'text', { ...template, metadata: ['x'] }, { spec: { containers: 'none' } }]) {
      const response = workload('Deployment', { template: broken });
      expect(response.allowed).toBe(true);
      expect(response.warnings?.[0]).toMatch(/^Deployment: its Pods cannot be judged: spec\.template/);
    }
  });

  it('have subresources that are none of our business', () => {
    expect(workload('Scale', { replicas: 3 }, 'enforce', { subResource: 'scale' }).allowed).toBe(true);
  });
});

describe('what is not understood', () => {
  const kind = (word: string) => ({ group: '', version: 'v1', kind: word });
  it.each([
    ['a null object', reviewOf(null)],
    ['an object that is text', reviewOf('Pod')],
    ['a list', reviewOf([])],
    ['a Pod without a spec', reviewOf({ kind: 'Pod', metadata: {} })],
    ['containers that are text', reviewOf(pod({ containers: 'none' }))],
    ['privileged that is text', reviewOf(pod({ hostPID: 'yes' }))],
    ['another object in a Pod review', reviewOf({ apiVersion: 'v1', kind: 'ConfigMap' })],
    [
      'a ConfigMap',
      reviewOf(
        { kind: 'ConfigMap' },
        { kind: kind('ConfigMap'), resource: { group: '', resource: 'configmaps' } },
      ),
    ],
    ['another kind under pods', reviewOf({ kind: 'Odd' }, { kind: kind('Odd'), subResource: 'odd' })],
    ['an unknown operation', reviewOf(PODS.admit, { operation: 'PATCH' })],
    ['no kind', reviewOf(PODS.admit, { kind: null })],
    ['an AdmissionReview of v1beta1', { ...reviewOf(PODS.admit), apiVersion: 'admission.k8s.io/v1beta1' }],
  ])('%s is denied on the enforce paths and warned about on the others', (_what, review) => {
    for (const path of ['mutate', 'validate'] as const) {
      const denied = answer(review, path, 'enforce');
      expect(denied).toMatchObject({ uid: 'uid-1', allowed: false });
      expect(denied.status?.message).toMatch(/^cofferdam cannot judge this request: /);
      for (const mode of ['audit', 'warn', 'inject'] as const) {
        const told = answer(review, path, mode);
        expect(told.allowed).toBe(true);
        expect(told.warnings).toEqual([denied.status?.message]);
      }
    }
  });

  it.each([
    [
      'another kind',
      { kind: `Dep\u001b${'x'.repeat(99)}` },
      `request.object.kind is "Dep\\u001b${'x'.repeat(53)}...", not Pod`,
    ],
    [
      'a container without a name',
      pod({ containers: [{}] }),
      'request.object.spec.containers[0].name is missing',
    ],
    ['no object', undefined, 'request.object is missing'],
  ])('tells of %s in plain words', (_, object, problem) => {
    expect(answer(reviewOf(object)).status?.message).toBe(`cofferdam cannot judge this request: ${problem}`);
  });

  it('tells where, and not what was found there', () => {
    const secret = pod({ containers: [{ name: 'app', image: 'a', env: 'hunter2' }] });
    const { status } = answer(reviewOf(pod({ hostPID: 'hunter2' })));
    expect(status?.message).toBe(
      'cofferdam cannot judge this request: request.object.spec.hostPID is a string, not true or false',
    );
    expect(JSON.stringify(answer(reviewOf(secret)))).not.toContain('hunter2');
  });
});

it('is not changed by keys that mean something to JavaScript', () => {
  const text = JSON.stringify(reviewOf(PODS.sandbox)).replace(
    '"spec":',
    '"__proto__":{"hostPID":true},"constructor":{"prototype":{"polluted":1}},"spec":',
  );
  const response = answer(JSON.parse(text), 'mutate');
  expect(decodePatch(response)).toContainEqual({
    op: 'add',
    path: '/spec/runtimeClassName',
    value: 'gvisor',
  });
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});
