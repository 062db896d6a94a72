import { describe, expect, it } from 'vitest';
import { definitions } from '../../src/doctor/checks/definitions.ts';
import { exemptions } from '../../src/doctor/checks/exemptions.ts';
import { guard } from '../../src/doctor/checks/guard.ts';
import { leftovers } from '../../src/doctor/checks/leftovers.ts';
import { locks } from '../../src/doctor/checks/locks.ts';
import { namespaceLabels } from '../../src/doctor/checks/namespace-labels.ts';
import { namespaceModes } from '../../src/doctor/checks/namespace-modes.ts';
import { podSecurity } from '../../src/doctor/checks/pod-security.ts';
import { guardBindings } from '../../src/guard/binding.ts';
import { fitGuard } from '../../src/guard/guard.ts';
import { locksFor } from '../../src/guard/locks.ts';
import { guardFor } from '../support/guard-for.ts';
import { runtimeClass, servedNamespace } from '../support/objects.ts';
import { examine, NOW, snapshot, stateOf, told } from './examine.ts';
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

const factsOf = (runtimeClasses: readonly object[]) => {
  const { runtimeClasses: listed } = stateOf({ runtimeClasses }).lists;
  return listed && 'items' in listed ? listed.items : [];
};

describe('definitions', () => {
  const old = { versions: [{ name: 'v1alpha1', served: false }] };
  it.each([
    ['none of ours', [{ spec: { group: 'example.com' } }], ['note']],
    ['all', KINDS.map(kind => crd(kind)), ['ok']],
    [
      'one is not there, one no longer served',
      [crd('SandboxProfile', old), ...KINDS.slice(0, 2).map(kind => crd(kind))],
      [
        'failure',
        'SandboxExemption and SandboxProfile cannot be read as cofferdam.dev/v1alpha1, so their objects are not in force.',
      ],
    ],
    [
      'not accepted by the API server',
      KINDS.map(kind => ({ ...crd(kind), status: {} })),
      [
        'failure',
        `${KINDS.slice(0, 3).join(', ')} and SandboxProfile cannot be read as cofferdam.dev/v1alpha1, so their objects are not in force.`,
      ],
    ],
  ])('%s', (_, crds, expected) => {
    expect(told(examine(definitions, { crds }))).toEqual(expected);
  });

  it('none, where replicas in the cluster are called', () => {
    expect(told(examine(definitions, installed()))).toEqual([
      'failure',
      'The kinds of cofferdam.dev do not exist in this cluster, so no policy, exemption or profile of the cluster is in force. Only what is built in, and what files say, is.',
    ]);
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
  const classes = [runtimeClass('gvisor', 'runsc')];
  const { spec } = guardFor(snapshot, factsOf(classes), NOW);
  const annotations = { 'cofferdam.dev/snapshot': snapshot.version };
  const made = (more: object = {}, metadata: object = {}, status: object = { observedGeneration: 1 }) => ({
    metadata: { name: NAME, generation: 1, annotations, ...metadata },
    // The API server fills these in.
    spec: { ...spec, paramKind: undefined, ...more },
    status,
  });
  const typeChecking = { expressionWarnings: [{ fieldRef: 'x', warning: 'undefined field' }] };
  const narrowed = (matchResources: object) => ({
    ...binding(NAME),
    spec: { ...binding(NAME).spec, matchResources },
  });
  const both = fitGuard(snapshot, factsOf(classes), NOW, { besideLabels: true });
  const fronted = made({ ...both.policy.spec });
  const beside = (more: object = {}) => ({
    metadata: { name: `${NAME}-labels`, generation: 1 },
    spec: { ...both.ofLabels.spec, ...more },
    status: { observedGeneration: 1 },
  });
  const bound = guardBindings();
  const OPEN = `The guard skips Pods without findings, and "${NAME}-labels", which should judge them by the labels of their namespaces, is not in force. Somebody has changed it, or one of its bindings.`;
  const CHANGED =
    'The guard is not what the current policies and RuntimeClasses would make it: either somebody has edited it, or a policy or a class has just changed.';

  it.each([
    ['not there', [policy('other')], [], ['note']],
    ['in force and in step', [made()], [binding(NAME)], ['ok']],
    ['without a binding', [made()], [], ['failure', `${WHO} has no binding, so it refuses nothing.`]],
    [
      'that warns alone',
      [made()],
      [binding(NAME, 'Warn')],
      ['failure', `No binding of ${WHO} has the action Deny, so it refuses nothing.`],
    ],
    [
      'bound to some Pods alone',
      [made()],
      [narrowed({ objectSelector: { matchLabels: { a: 'b' } } })],
      [
        'failure',
        `The binding of ${WHO} selects only some objects or resources, so the policy does not see the rest.`,
      ],
    ],
    [
      'bound to nowhere that matters',
      [made()],
      [narrowed({ objectSelector: {}, namespaceSelector: { matchLabels: { a: 'b' } } })],
      [
        'failure',
        'The guard is not bound to "shop", where the webhook enforces. While no replica answers, Pods there are admitted unjudged.',
      ],
    ],
    [
      'that fails open',
      [made({ failurePolicy: 'Ignore' })],
      [binding(NAME)],
      ['failure', `${WHO} has failurePolicy Ignore, so it admits what it cannot evaluate.`, CHANGED],
    ],
    [
      'that the leader has not written yet',
      [made({ validations: undefined })],
      [binding(NAME)],
      ['failure', 'The guard is empty, so it denies nothing: the leader writes it, and has not done so yet.'],
    ],
    [
      'whose last validation was taken away',
      [made({ validations: spec.validations.slice(1) })],
      [binding(NAME)],
      ['failure', CHANGED],
    ],
    [
      'with a condition more',
      [made({ matchConditions: [...(spec.matchConditions ?? []), { name: 'x', expression: 'false' }] })],
      [binding(NAME)],
      ['failure', CHANGED],
    ],
    [
      'with a wrong expression',
      [made({}, {}, { typeChecking })],
      [binding(NAME)],
      ['failure', `The API server reports an error in 1 expression of ${WHO}: undefined field.`],
    ],
    [
      'just changed',
      [made({}, { generation: 2 })],
      [binding(NAME)],
      ['warning', `The API server has not processed the last change of ${WHO} yet.`],
    ],
    ['that passes over most Pods, with what judges labels beside it', [fronted, beside()], bound, ['ok']],
    ['with nothing beside it', [fronted], bound, ['failure', OPEN]],
    ['beside which something else stands', [fronted, beside({ validations: [] })], bound, ['failure', OPEN]],
    [
      'beside which a label has no binding',
      [fronted, beside()],
      bound.filter((_, i) => i !== 1),
      ['failure', OPEN],
    ],
    [
      'beside which what judges labels fails open',
      [fronted, beside({ failurePolicy: 'Ignore' })],
      bound,
      ['failure', OPEN],
    ],
    [
      'out of step',
      [made({}, { annotations: { 'cofferdam.dev/snapshot': '000000000000' } })],
      [binding(NAME)],
      ['warning', `The guard was made from policies "000000000000", but "${snapshot.version}" are in force.`],
    ],
  ])('%s', (_, admissionPolicies, admissionBindings, expected) => {
    const namespaces = [
      servedNamespace('shop', { 'cofferdam.dev/mode': 'enforce' }),
      servedNamespace('blog'),
    ];
    const cluster = { ...installed(), runtimeClasses: classes, namespaces };
    expect(told(examine(guard, { ...cluster, admissionPolicies, admissionBindings }))).toEqual(expected);
  });
});

describe('locks', () => {
  const made = locksFor(snapshot.profiles);
  const admissionPolicies = made.map(({ policy: one }) => ({ ...one, status: {} }));
  const admissionBindings = made.map(({ binding: one }) => one);

  it('are all there, each bound', () => {
    const all = examine(locks, { admissionPolicies, admissionBindings });
    expect([all.seen, told(all)]).toEqual(['namespaces, runtimeclasses, objects and webhooks', ['ok']]);
    expect(told(examine(locks, {}))).toEqual(['note']);
  });

  it('are told of where one is gone, or not bound', () => {
    const some = {
      admissionPolicies: admissionPolicies.slice(1),
      admissionBindings: admissionBindings.slice(2),
    };
    expect(told(examine(locks, some))).toEqual([
      'failure',
      'ValidatingAdmissionPolicy "cofferdam-lock-namespaces" is missing, although other locks are there. What it protects can be changed by people without the verb bypass.',
      'ValidatingAdmissionPolicy "cofferdam-lock-runtimeclasses" has no binding, so it refuses nothing.',
    ]);
  });

  it('are told of where one says something else', () => {
    const [first, ...rest] = admissionPolicies;
    const open = { ...first, spec: { ...first?.spec, validations: [{ expression: 'true' }] } };
    expect(told(examine(locks, { admissionPolicies: [open, ...rest], admissionBindings }))).toEqual([
      'failure',
      'ValidatingAdmissionPolicy "cofferdam-lock-namespaces" differs from what this version of Cofferdam installs, so it may let changes through.',
    ]);
  });
});

describe('leftovers', () => {
  const home = servedNamespace('cofferdam');
  it.each([
    ['never installed', {}, ['note']],
    ['installed', { ...installed(), namespaces: [home], crds: KINDS.map(kind => crd(kind)) }, ['ok']],
    [
      'webhooks whose namespace is gone',
      { mutating: installed().mutating.map(one => ({ ...one, webhooks: one.webhooks?.slice(-2) })) },
      [
        'failure',
        'warning: Mutating webhook "inject.mutate.cofferdam.dev" of "zz-cofferdam" calls a Service in namespace "cofferdam", which does not exist, so every such call fails.',
        'Mutating webhook "enforce.mutate.cofferdam.dev" of "zz-cofferdam" calls a Service in namespace "cofferdam", which does not exist, so every such call fails.',
      ],
    ],
    [
      'a binding',
      { admissionBindings: [binding('cofferdam-guard')] },
      [
        'warning',
        'ValidatingAdmissionPolicyBinding "cofferdam-guard-binding" binds a policy that does not exist, so it does nothing.',
      ],
    ],
    [
      'a guard',
      { admissionPolicies: [policy('cofferdam-guard'), policy('other')] },
      [
        'failure',
        'ValidatingAdmissionPolicy "cofferdam-guard" still denies requests, although no webhook of Cofferdam is registered.',
      ],
    ],
    [
      'definitions',
      { crds: [crd('SandboxPolicy')] },
      [
        'warning',
        '1 CustomResourceDefinition of Cofferdam is still there, but no webhook is registered that goes by their objects.',
      ],
    ],
    [
      'labels',
      { namespaces: [servedNamespace('shop', { 'cofferdam.dev/mode': 'warn' })] },
      [
        'warning',
        '1 namespace has the label cofferdam.dev/mode, but no webhook is registered that goes by it: "shop".',
      ],
    ],
  ])('%s', (_, objects, expected) => {
    expect(told(examine(leftovers, objects))).toEqual(expected);
  });
});

describe('namespaces', () => {
  it('are counted by mode, those of the system left out', () => {
    const mode = (name: string, value: string) => servedNamespace(name, { 'cofferdam.dev/mode': value });
    const namespaces = [
      mode('a', 'enforce'),
      mode('b', 'warn'),
      servedNamespace('c'),
      servedNamespace('kube-system'),
    ];
    expect(examine(namespaceModes, { namespaces })).toMatchObject({
      mark: 'ok',
      seen: '1 enforce, 1 warn and 1 without a label',
    });
    expect(
      told(examine(namespaceModes, { namespaces: [mode('a', 'enfroce'), mode('kube-system', 'warn')] })),
    ).toEqual([
      'warning',
      'Namespace "a" has cofferdam.dev/mode=enfroce, which is not a mode, so the namespace is enforced.',
      '1 system namespace has the label cofferdam.dev/mode, which has no effect there: "kube-system".',
    ]);
  });

  it.each([
    [{ 'cofferdam.dev/risk': 'high', 'cofferdam.dev/minimum-isolation': 'vm' }, ['ok']],
    [
      { 'cofferdam.dev/risk': 'hihg' },
      [
        'warning',
        'Namespace "a" has cofferdam.dev/risk=hihg, a value that no policy knows, so it counts as the highest risk.',
      ],
    ],
    [
      { 'cofferdam.dev/minimum-isolation': 'gvisor' },
      [
        'warning',
        'Namespace "a" has cofferdam.dev/minimum-isolation=gvisor, which is not an isolation, so it counts as the strongest one.',
      ],
    ],
  ])('labels %j', (labels, expected) => {
    expect(told(examine(namespaceLabels, { namespaces: [servedNamespace('a', labels)] }))).toEqual(expected);
  });

  it.each([
    [namespaceModes, { 'cofferdam.dev/mode': 'enfroce' }, 'Did you mean enforce?'],
    [namespaceModes, { 'cofferdam.dev/mode': 'yes' }, 'Set it to off, audit, warn, inject or enforce.'],
    [namespaceLabels, { 'cofferdam.dev/risk': 'hihg' }, 'Did you mean high?'],
    [namespaceLabels, { 'cofferdam.dev/risk': 'everything' }, 'Set it to low, medium, high or critical.'],
    [namespaceLabels, { 'cofferdam.dev/minimum-isolation': 'gvisor' }, 'Did you mean app-kernel?'],
    [namespaceLabels, { 'cofferdam.dev/minimum-isolation': 'app-kernle' }, 'Did you mean app-kernel?'],
  ])('%# of %j says what was meant', (check, labels, fix) => {
    const { remarks } = examine(check, { namespaces: [servedNamespace('a', labels)] });
    expect(remarks.map(remark => remark.fix)).toEqual([fix]);
  });

  it.each([
    ['baseline', [runtimeClass('gvisor', 'runsc')], 1],
    ['privileged', [runtimeClass('gvisor', 'runsc')], 0],
    ['baseline', [], 0],
  ])('that enforce %s are noted where a class may open them', (level, runtimeClasses, notes) => {
    const namespaces = [servedNamespace('a', { 'pod-security.kubernetes.io/enforce': level })];
    const result = examine(podSecurity, { namespaces, runtimeClasses });
    expect([result.mark, result.remarks.length]).toEqual(['note', notes]);
  });
});

it.each([
  ['2027-03-01T00:00:00Z', ['ok']],
  ['2027-01-15T00:00:01Z', ['ok']],
  [
    '2027-01-15T00:00:00Z',
    [
      'warning',
      'Exemption "relays" of "me" expires in 14 days, on 2027-01-15. From then on, its Pods are rejected when they are created.',
    ],
  ],
  [
    '2027-01-01T00:00:00Z',
    [
      'warning',
      'Exemption "relays" of "me" expired on 2027-01-01 and no longer waives anything. Its Pods are rejected the next time they are created.',
    ],
  ],
  ['soon', ['warning', 'Exemption "relays" of "me" has no valid expiry date, so it is not in force.']],
])('an exemption until %s', (expires, expected) => {
  const one = { metadata: { name: 'relays' }, spec: { owner: 'me', expires } };
  expect(told(examine(exemptions, { exemptions: [one] }))).toEqual(expected);
});

it.each([
  [
    { owner: 'TODO who answers for it', reason: 'reads /proc' },
    ['its owner is still to be filled in, so nobody knows whom to ask'],
  ],
  [
    { owner: 'TODO', reason: 'TODO' },
    ['its owner and reason are still to be filled in, so nobody knows whom to ask'],
  ],
  [{ owner: 'TODO-app', reason: 'what is in TODO' }, []],
])('an exemption that says %j of itself', (spec, expected) => {
  const one = { metadata: { name: 'relays' }, spec: { ...spec, expires: '2027-03-01T00:00:00Z' } };
  const [mark, ...messages] = told(examine(exemptions, { exemptions: [one] }));
  expect([mark, ...messages]).toEqual([
    expected.length > 0 ? 'warning' : 'ok',
    ...expected.map(
      text => `Exemption "relays" of ${JSON.stringify(spec.owner)} is in force, but still a draft: ${text}.`,
    ),
  ]);
});

it('no exemption is a note', () => {
  expect(told(examine(exemptions, {}))).toEqual(['note']);
});
