import { describe, expect, it } from 'vitest';
import { definitions } from '../../src/doctor/checks/definitions.ts';
import { exemptions } from '../../src/doctor/checks/exemptions.ts';
import { guard } from '../../src/doctor/checks/guard.ts';
import { leftovers } from '../../src/doctor/checks/leftovers.ts';
import { locks } from '../../src/doctor/checks/locks.ts';
import { namespaceLabels } from '../../src/doctor/checks/namespace-labels.ts';
import { namespaceModes } from '../../src/doctor/checks/namespace-modes.ts';
import { podSecurity } from '../../src/doctor/checks/pod-security.ts';
import { namespace, runtimeClass } from '../support/cluster-objects.ts';
import { examine, snapshot, told } from './examine.ts';
import { installed } from './webhook.ts';

const KINDS = ['ClusterSandboxPolicy', 'SandboxPolicy', 'SandboxExemption', 'SandboxProfile'];
const crd = (kind: string, more: object = {}) => ({
  metadata: { name: `${kind.toLowerCase()}.cofferdam.dev` },
  spec: {
    group: 'cofferdam.dev',
    names: { kind },
    versions: [{ name: 'v1alpha1', served: true }],
    ...more,
  },
  status: { conditions: [{ type: 'Established', status: 'True' }] },
});

describe('definitions', () => {
  const old = { versions: [{ name: 'v1alpha1', served: false }] };
  it.each([
    ['none of ours', [{ spec: { group: 'example.com' } }], ['note']],
    ['all', KINDS.map(kind => crd(kind)), ['ok']],
    [
      'one is not there, one no longer served',
      [crd('SandboxProfile', old), ...KINDS.slice(0, 2).map(kind => crd(kind))],
      ['failure', 'SandboxExemption and SandboxProfile cannot be read as cofferdam.dev/v1alpha1.'],
    ],
    [
      'not accepted by the API server',
      KINDS.map(kind => ({ ...crd(kind), status: {} })),
      [
        'failure',
        `${KINDS.slice(0, 3).join(', ')} and SandboxProfile cannot be read as cofferdam.dev/v1alpha1.`,
      ],
    ],
  ])('%s', (_, crds, expected) => {
    expect(told(examine(definitions, { crds }))).toEqual(expected);
  });
});

const policy = (name: string, more: object = {}) => ({
  metadata: { name, generation: 1 },
  spec: { failurePolicy: 'Fail', validations: [{ expression: 'true' }] },
  status: { observedGeneration: 1 },
  ...more,
});
const binding = (policyName: string, action = 'Deny') => ({
  metadata: { name: `${policyName}-binding` },
  spec: { policyName, validationActions: [action] },
});

describe('guard', () => {
  const NAME = 'cofferdam-guard';
  const WHO = `ValidatingAdmissionPolicy "${NAME}"`;
  const stamped = (version: string) =>
    policy(NAME, { metadata: { name: NAME, annotations: { 'cofferdam.dev/snapshot': version } } });
  const typeChecking = { expressionWarnings: [{ fieldRef: 'x', warning: 'undefined field' }] };

  it.each([
    ['not there', [policy('other')], [], ['note']],
    ['in force', [policy(NAME)], [binding(NAME)], ['ok']],
    ['in step', [stamped(snapshot.version)], [binding(NAME)], ['ok']],
    ['without a binding', [policy(NAME)], [], ['failure', `${WHO} has no binding, so it does nothing.`]],
    [
      'that warns alone',
      [policy(NAME)],
      [binding(NAME, 'Warn')],
      ['failure', `No binding of ${WHO} denies.`],
    ],
    [
      'that fails open',
      [policy(NAME, { spec: { failurePolicy: 'Ignore', validations: [{ expression: 'true' }] } })],
      [binding(NAME)],
      ['failure', `${WHO} lets through what it cannot evaluate.`],
    ],
    [
      'that the leader has not written yet',
      [policy(NAME, { spec: { failurePolicy: 'Fail' } })],
      [binding(NAME)],
      ['failure', 'The guard has nothing to say: the leader writes it, and has not yet.'],
    ],
    [
      'with a wrong expression',
      [policy(NAME, { status: { typeChecking } })],
      [binding(NAME)],
      ['failure', `The API server finds fault with 1 expression of ${WHO}: undefined field`],
    ],
    [
      'just changed',
      [policy(NAME, { metadata: { name: NAME, generation: 2 } })],
      [binding(NAME)],
      ['warning', `The API server has not looked at the last change of ${WHO} yet.`],
    ],
    [
      'out of step',
      [stamped('000000000000')],
      [binding(NAME)],
      ['warning', `The guard was made from policies "000000000000", in force are "${snapshot.version}".`],
    ],
  ])('%s', (_, admissionPolicies, admissionBindings, expected) => {
    expect(told(examine(guard, { admissionPolicies, admissionBindings }))).toEqual(expected);
  });
});

it('locks are all there, each bound', () => {
  const names = ['namespaces', 'runtimeclasses', 'objects', 'webhooks'].map(name => `cofferdam-lock-${name}`);
  const admissionPolicies = names.map(name => policy(name));
  const admissionBindings = names.map(name => binding(name));
  const all = examine(locks, { admissionPolicies, admissionBindings });
  expect([all.seen, told(all)]).toEqual(['namespaces, runtimeclasses, objects and webhooks', ['ok']]);
  const some = {
    admissionPolicies: admissionPolicies.slice(1),
    admissionBindings: admissionBindings.slice(2),
  };
  expect(told(examine(locks, some))).toEqual([
    'failure',
    'ValidatingAdmissionPolicy "cofferdam-lock-namespaces" is not there, though others are.',
    'ValidatingAdmissionPolicy "cofferdam-lock-runtimeclasses" has no binding, so it does nothing.',
  ]);
  expect(told(examine(locks, {}))).toEqual(['note']);
});

describe('leftovers', () => {
  const home = namespace('cofferdam');
  it.each([
    ['never installed', {}, ['note']],
    ['installed', { ...installed(), namespaces: [home], crds: KINDS.map(kind => crd(kind)) }, ['ok']],
    [
      'webhooks whose namespace is gone',
      { mutating: installed().mutating.map(one => ({ ...one, webhooks: one.webhooks?.slice(-2) })) },
      [
        'failure',
        'warning: Mutating webhook "inject.mutate.cofferdam.dev" of "zz-cofferdam" calls a Service in namespace "cofferdam", which does not exist.',
        'Mutating webhook "enforce.mutate.cofferdam.dev" of "zz-cofferdam" calls a Service in namespace "cofferdam", which does not exist.',
      ],
    ],
    [
      'a binding',
      { admissionBindings: [binding('cofferdam-guard')] },
      [
        'warning',
        'ValidatingAdmissionPolicyBinding "cofferdam-guard-binding" is for a policy that does not exist.',
      ],
    ],
    [
      'a guard',
      { admissionPolicies: [policy('cofferdam-guard'), policy('other')] },
      ['failure', 'cofferdam-guard still denies requests, with no webhook to go with it.'],
    ],
    [
      'definitions',
      { crds: [crd('SandboxPolicy')] },
      [
        'warning',
        '1 CustomResourceDefinition still there, with what policies they hold, and no webhook reads them.',
      ],
    ],
    [
      'labels',
      { namespaces: [namespace('shop', { 'cofferdam.dev/mode': 'warn' })] },
      ['warning', '1 namespace has the label cofferdam.dev/mode, and no webhook goes by it: "shop".'],
    ],
  ])('%s', (_, objects, expected) => {
    expect(told(examine(leftovers, objects))).toEqual(expected);
  });
});

describe('namespaces', () => {
  it('are counted by mode, those of the system left out', () => {
    const mode = (name: string, value: string) => namespace(name, { 'cofferdam.dev/mode': value });
    const namespaces = [mode('a', 'enforce'), mode('b', 'warn'), namespace('c'), namespace('kube-system')];
    expect(examine(namespaceModes, { namespaces })).toMatchObject({
      mark: 'ok',
      seen: '1 enforce, 1 warn and 1 without a label',
    });
    expect(
      told(examine(namespaceModes, { namespaces: [mode('a', 'enfroce'), mode('kube-system', 'warn')] })),
    ).toEqual([
      'warning',
      'Namespace "a" has cofferdam.dev/mode=enfroce, which is no mode, so it is enforced.',
      '1 system namespace has the label cofferdam.dev/mode, which does nothing there: "kube-system".',
    ]);
  });

  it.each([
    [{ 'cofferdam.dev/risk': 'high', 'cofferdam.dev/minimum-isolation': 'vm' }, ['ok']],
    [
      { 'cofferdam.dev/risk': 'hihg' },
      [
        'warning',
        'Namespace "a" has cofferdam.dev/risk=hihg, which no policy lists, so it counts as the highest.',
      ],
    ],
    [
      { 'cofferdam.dev/minimum-isolation': 'gvisor' },
      [
        'warning',
        'Namespace "a" has cofferdam.dev/minimum-isolation=gvisor, which is no isolation, so it counts as the strongest.',
      ],
    ],
  ])('labels %j', (labels, expected) => {
    expect(told(examine(namespaceLabels, { namespaces: [namespace('a', labels)] }))).toEqual(expected);
  });

  it.each([
    ['baseline', [runtimeClass('gvisor', 'runsc')], 1],
    ['privileged', [runtimeClass('gvisor', 'runsc')], 0],
    ['baseline', [], 0],
  ])('that enforce %s are noted where a class may open them', (level, runtimeClasses, notes) => {
    const namespaces = [namespace('a', { 'pod-security.kubernetes.io/enforce': level })];
    const result = examine(podSecurity, { namespaces, runtimeClasses });
    expect([result.mark, result.remarks.length]).toEqual(['note', notes]);
  });
});

it.each([
  ['2027-03-01T00:00:00Z', ['ok']],
  ['2027-01-15T00:00:01Z', ['ok']],
  [
    '2027-01-15T00:00:00Z',
    ['warning', 'Exemption "relays" of "me" expires in 14 days, on 2027-01-15: then its Pods are rejected.'],
  ],
  [
    '2027-01-01T00:00:00Z',
    ['warning', 'Exemption "relays" of "me" expired on 2027-01-01: it waives nothing.'],
  ],
  ['soon', ['warning', 'Exemption "relays" of "me" has no date of expiry, so it is not in force.']],
])('an exemption until %s', (expires, expected) => {
  const one = { metadata: { name: 'relays' }, spec: { owner: 'me', expires } };
  expect(told(examine(exemptions, { exemptions: [one] }))).toEqual(expected);
});

it('no exemption is a note', () => {
  expect(told(examine(exemptions, {}))).toEqual(['note']);
});
