import { describe, expect, it } from 'vitest';
import { selfSigned } from '../../src/admission/self-signed.ts';
import { servingCertificate } from '../../src/doctor/checks/serving-certificate.ts';
import { webhookCertificates } from '../../src/doctor/checks/webhook-certificates.ts';
import { webhookEndpoints } from '../../src/doctor/checks/webhook-endpoints.ts';
import { webhookFailurePolicy } from '../../src/doctor/checks/webhook-failure-policy.ts';
import { webhookOrder } from '../../src/doctor/checks/webhook-order.ts';
import { webhookScope } from '../../src/doctor/checks/webhook-scope.ts';
import { webhookTimeouts } from '../../src/doctor/checks/webhook-timeouts.ts';
import { webhooksRegistered } from '../../src/doctor/checks/webhooks-registered.ts';
import { servedNamespace } from '../support/objects.ts';
import { examine, NOW, told } from './examine.ts';
import {
  configuration,
  entry,
  foreign,
  guardInForce,
  installed,
  installedLeavingCreation,
} from './webhook.ts';

const DAY = 86_400_000;
const MODE = 'cofferdam.dev/mode';
const namespaces = [
  servedNamespace('kube-system'),
  servedNamespace('cofferdam'),
  servedNamespace('shop', { [MODE]: 'enforce' }),
  servedNamespace('lab', { [MODE]: 'typo' }),
  servedNamespace('blog', { [MODE]: 'warn' }),
  servedNamespace('free', { [MODE]: 'off' }),
  servedNamespace('new'),
];

it.each([webhooksRegistered, webhookScope, webhookFailurePolicy, webhookCertificates, webhookOrder])(
  '$id is a note where nothing is installed',
  check => {
    expect(examine(check, { mutating: [foreign('other')], namespaces })).toMatchObject({
      mark: 'note',
      seen: 'Cofferdam is not installed',
      remarks: [],
    });
  },
);

describe('registration', () => {
  const whole = installed();
  const WHO = 'Mutating webhook "enforce.mutate.cofferdam.dev" of "zz-cofferdam"';
  const mutated = (more: object) => ({
    ...whole,
    mutating: [configuration([entry('mutate', 'enforce', more)])],
  });

  it.each([
    ['whole', whole, ['ok']],
    [
      'half',
      { mutating: whole.mutating },
      ['failure', 'No validating webhook of Cofferdam is registered, although the other kind is.'],
    ],
    [
      'without updates',
      { ...whole, validating: whole.mutating },
      [
        'failure',
        'No validating webhook is called for UPDATE of pods, UPDATE of pods/ephemeralcontainers and UPDATE of pods/resize.',
      ],
    ],
    [
      'with a way past it',
      mutated({ objectSelector: { matchLabels: { sandbox: 'please' } } }),
      ['failure', `${WHO} has an objectSelector, so whoever labels a Pod can bypass it.`],
    ],
    [
      'for one version',
      mutated({ matchPolicy: 'Exact' }),
      ['failure', `${WHO} has matchPolicy Exact, so requests in other versions of the API bypass it.`],
    ],
    [
      'called once',
      mutated({ reinvocationPolicy: undefined }),
      [
        'failure',
        `${WHO} has reinvocationPolicy Never, so it does not see what a later webhook adds to a Pod.`,
      ],
    ],
    [
      'with side effects',
      mutated({ sideEffects: 'NoneOnDryRun' }),
      ['failure', `${WHO} declares side effects, so the API server refuses dry runs.`],
    ],
  ])('%s', (_, objects, expected) => {
    expect(told(examine(webhooksRegistered, objects))).toEqual(expected);
  });
});

describe('creations that are left to the guard', () => {
  const leaving = { ...installedLeavingCreation(), namespaces };
  const { admissionPolicies, admissionBindings } = guardInForce();
  const [policy] = admissionPolicies;
  const [binding] = admissionBindings;
  const checks = [webhooksRegistered, webhookScope, webhookFailurePolicy];
  const all = (objects: object) =>
    checks.flatMap(check => told(examine(check, { ...leaving, ...objects })).slice(1));

  it('are fine where one is in force, and that is said', () => {
    expect(all(guardInForce())).toEqual([]);
    expect(examine(webhooksRegistered, { ...leaving, ...guardInForce() }).seen).toBe(
      '4 mutating entries, 7 validating; the guard judges what is created in enforced namespaces',
    );
  });

  const NOBODY =
    'No validating webhook of mode enforce is called for CREATE of pods, and no guard is in force, so nothing judges what another mutating webhook adds to a Pod later.';
  const UNREACHED =
    '2 namespaces of mode enforce are not selected by a validating webhook of that mode for CREATE of Pods: "shop" and "lab".';
  it.each([
    ['no guard', {}],
    [
      'a guard that says nothing yet',
      { admissionBindings, admissionPolicies: [{ ...policy, spec: { failurePolicy: 'Fail' } }] },
    ],
    [
      'a guard that fails open',
      {
        admissionBindings,
        admissionPolicies: [{ ...policy, spec: { ...policy?.spec, failurePolicy: 'Ignore' } }],
      },
    ],
    ['a guard without a binding', { admissionPolicies }],
    [
      'a guard that warns alone',
      {
        admissionPolicies,
        admissionBindings: [{ ...binding, spec: { ...binding?.spec, validationActions: ['Warn'] } }],
      },
    ],
  ])('are judged by nobody with %s', (_, objects) => {
    expect(all(objects)).toEqual([NOBODY, UNREACHED]);
  });

  it('are judged by nobody in a namespace that the guard is not bound to', () => {
    const key = 'kubernetes.io/metadata.name';
    const narrow = { matchExpressions: [{ key, operator: 'NotIn', values: ['shop'] }] };
    const spec = { ...binding?.spec, matchResources: { namespaceSelector: narrow } };
    expect(all({ admissionPolicies, admissionBindings: [{ ...binding, spec }] })).toEqual([
      '1 namespace of mode enforce is not selected by a validating webhook of that mode for CREATE of Pods: "shop".',
    ]);
  });

  it('are not what updates are: those need a webhook all the same', () => {
    const validating = [configuration([entry('updates', 'warn')])];
    const told = examine(webhookScope, { ...leaving, ...guardInForce(), validating });
    expect(told.remarks.map(({ message }) => message)).toEqual([
      '1 namespace of mode warn is not selected by a validating webhook of that mode for CREATE of Pods: "blog".',
      '2 namespaces of mode enforce are not selected by a validating webhook of that mode for UPDATE of Pods: "shop" and "lab".',
    ]);
  });
});

describe('scope', () => {
  const everywhere = { namespaceSelector: {} };
  it('is each namespace by its mode, a misspelt one enforced', () => {
    expect(told(examine(webhookScope, { ...installed(), namespaces }))).toEqual(['ok']);
  });

  it('must leave out system namespaces, and the webhook’s own where it fails closed', () => {
    const mutating = [configuration([entry('mutate', 'enforce', everywhere)])];
    expect(told(examine(webhookScope, { mutating, namespaces: namespaces.slice(0, 3) }))).toEqual([
      'failure',
      'Mutating webhook "enforce.mutate.cofferdam.dev" of "zz-cofferdam" is called for Pods of kube-system, which Cofferdam must leave alone.',
      'Mutating webhook "enforce.mutate.cofferdam.dev" of "zz-cofferdam" is called for Pods of "cofferdam", where its own replicas run: once they are down, they cannot start again.',
    ]);
  });

  it('may reach its own namespace where it fails open, and still not the system', () => {
    const mutating = [configuration([entry('mutate', 'warn', everywhere)])];
    expect(told(examine(webhookScope, { mutating, namespaces: namespaces.slice(0, 2) }))).toEqual([
      'warning',
      'Mutating webhook "warn.mutate.cofferdam.dev" of "zz-cofferdam" is called for Pods of kube-system, which Cofferdam must leave alone.',
    ]);
  });

  it('must reach what is labelled', () => {
    const mutating = [configuration([entry('mutate', 'audit')])];
    expect(told(examine(webhookScope, { mutating, namespaces }))).toEqual([
      'failure',
      'warning: 1 namespace of mode warn is not selected by a mutating webhook of that mode for CREATE of Pods: "blog".',
      '2 namespaces of mode enforce are not selected by a mutating webhook of that mode for CREATE of Pods: "shop" and "lab".',
    ]);
  });
});

describe('failure policy', () => {
  const guard = { metadata: { name: 'cofferdam-guard' } };
  const open = installed({ failurePolicy: 'Ignore' });
  const DEPLOYMENTS = {
    apiGroups: ['apps'],
    apiVersions: ['v1'],
    resources: ['deployments'],
    operations: ['CREATE'],
  };
  it.each([
    ['as the chart has it', installed(), ['ok']],
    ['Ignore with the guard', { ...open, admissionPolicies: [guard] }, ['ok']],
    [
      'Ignore without',
      open,
      [
        'failure',
        ...[
          'Mutating webhook "enforce.mutate',
          'Validating webhook "enforce.validate',
          'Validating webhook "enforce.updates',
        ].map(
          who =>
            `${who}.cofferdam.dev" of "zz-cofferdam" has failurePolicy Ignore, and there is no guard, so every Pod is admitted while no replica answers.`,
        ),
      ],
    ],
    [
      'Ignore for workloads, which are only warned about',
      {
        validating: [
          configuration([entry('validate', 'enforce', { failurePolicy: 'Ignore', rules: [DEPLOYMENTS] })]),
        ],
      },
      ['ok'],
    ],
    [
      'Fail where nothing is enforced',
      { mutating: [configuration([entry('mutate', 'warn', { failurePolicy: 'Fail' })])] },
      [
        'warning',
        'Mutating webhook "warn.mutate.cofferdam.dev" of "zz-cofferdam" has failurePolicy Fail, so while no replica answers, no Pod is created even in namespaces that are not enforced.',
      ],
    ],
  ])('%s', (_, objects, expected) => {
    expect(told(examine(webhookFailurePolicy, objects))).toEqual(expected);
  });
});

describe('certificates', async () => {
  /** The certificates were created these numbers of days ago; each lasts 366 days. */
  const bundleOf = async (...ages: readonly number[]): Promise<string> => {
    const pems = await Promise.all(ages.map(age => selfSigned([], NOW - age * DAY)));
    return Buffer.from(pems.map(({ cert }) => cert).join('\n')).toString('base64');
  };
  const where = 'The CA bundle of mutating "zz-cofferdam"';

  it.each([
    ['new', await bundleOf(1), ['ok'], '2027-12-31'],
    ['one that is over beside a new one', await bundleOf(400, 1), ['ok'], '2027-12-31'],
    [
      'one that should have been renewed',
      await bundleOf(300),
      ['warning', `${where} expires on 2027-03-07, and has not been renewed, although it is time.`],
      '2027-03-07',
    ],
    ['one that is over', await bundleOf(366), ['failure', `${where} expired on 2026-12-31.`], undefined],
    [
      'one of tomorrow',
      await bundleOf(-2),
      ['failure', `${where} is not valid before 2027-01-02.`],
      undefined,
    ],
    [
      'none',
      undefined,
      ['failure', `${where} is empty, so the API server cannot call the webhook.`],
      undefined,
    ],
    [
      'no PEM',
      'bm9uZQ==',
      ['failure', `${where} holds no readable certificate, so the API server cannot call the webhook.`],
      undefined,
    ],
    [
      'a broken one',
      Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----').toString('base64'),
      ['failure', `${where} holds no readable certificate, so the API server cannot call the webhook.`],
      undefined,
    ],
  ])('%s', (_, caBundle, expected, until) => {
    const clientConfig = { url: 'https://127.0.0.1/mutate/enforce', caBundle };
    const mutating = [configuration([entry('mutate', 'enforce', { clientConfig })])];
    const result = examine(webhookCertificates, { mutating });
    expect(told(result)).toEqual(expected);
    expect(result.seen).toBe(until && `until ${until}`);
  });
});

describe('timeouts', () => {
  const slow = (seconds: number, count = 1) =>
    Array.from({ length: count }, (_, i) => foreign(`other-${i}`, { timeoutSeconds: seconds }));

  it.each([
    ['ours alone', installed(), 'at most 4 s, in namespace "shop"', ['ok']],
    [
      'one more with the default',
      { ...installed(), mutating: [...installed().mutating, foreign('a')] },
      'at most 14 s, in namespace "shop"',
      ['ok'],
    ],
    [
      'validating ones at the same time',
      { validating: slow(30, 5) },
      'at most 30 s, in namespace "kube-system"',
      ['ok'],
    ],
    [
      'mutating ones one after the other',
      { mutating: slow(20, 2) },
      'at most 40 s, in namespace "kube-system"',
      [
        'warning',
        'If all webhooks hang, creating a Pod in "kube-system" takes 40 s of the 60 s that a request may take.',
      ],
    ],
    [
      'too many',
      { mutating: slow(30, 2) },
      'at most 60 s, in namespace "kube-system"',
      [
        'failure',
        'If all webhooks hang, creating a Pod in "kube-system" takes 60 s of the 60 s that a request may take.',
      ],
    ],
    [
      'ours too long',
      { mutating: [configuration([entry('mutate', 'warn', { timeoutSeconds: 10 })])] },
      'at most 10 s, in namespace "blog"',
      [
        'warning',
        'Mutating webhook "warn.mutate.cofferdam.dev" of "zz-cofferdam" has timeoutSeconds 10, so a replica that hangs delays every Pod by that long; an answer takes milliseconds.',
      ],
    ],
    ['none', {}, 'no webhook is called for Pods', ['note']],
  ])('%s', (_, objects, seen, expected) => {
    const result = examine(webhookTimeouts, { ...objects, namespaces });
    expect(result.seen).toBe(seen);
    expect(told(result)).toEqual(expected);
  });
});

describe('order', () => {
  const notPods = { rules: [{ apiGroups: ['apps'], resources: ['*'], operations: ['*'] }] };
  it.each([
    ['another before', [foreign('istio')], ['ok']],
    ['another after, for other objects', [foreign('zzz', notPods)], ['ok']],
    [
      'another after',
      [foreign('zzz-mesh')],
      [
        'warning',
        '1 mutating webhook changes Pods after "zz-cofferdam": "zzz-mesh". A second call of Cofferdam judges what they change.',
      ],
    ],
  ])('%s', (_, others, expected) => {
    const mutating = [...installed().mutating, ...others];
    expect(told(examine(webhookOrder, { mutating }))).toEqual(expected);
  });
});

describe('replicas', () => {
  const slice = (ready: readonly (boolean | undefined)[], namespace = 'cofferdam') => ({
    metadata: {
      namespace,
      labels: { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' },
    },
    endpoints: ready.map(one => ({ conditions: { ready: one } })),
  });
  const foreign = {
    metadata: { name: 'mine', namespace: 'cofferdam' },
    endpoints: [{ addresses: ['10.0.0.9'] }],
  };

  it.each([
    ['two', [slice([true, true])], ['ok']],
    ['two, of which one does not say', [slice([true, undefined])], ['ok']],
    ['in two slices', [slice([true]), slice([true])], ['ok']],
    [
      'one, as the other is not ready',
      [slice([true, false])],
      [
        'warning',
        'Service "cofferdam" in "cofferdam" has only one ready replica, so nothing answers while it restarts or moves to another node.',
      ],
    ],
    [
      'two, and an endpoint that somebody added',
      [slice([true, true]), foreign],
      [
        'failure',
        'EndpointSlice "mine" in "cofferdam" was not made by Kubernetes, and sends some calls of the webhook to "10.0.0.9".',
      ],
    ],
    [
      'none but of another namespace',
      [slice([false]), slice([true], 'other')],
      [
        'failure',
        'Service "cofferdam" in "cofferdam" has no ready replica, so no call of the webhook is answered.',
      ],
    ],
  ])('%s', (_, endpointSlices, expected) => {
    expect(told(examine(webhookEndpoints, { ...installed(), endpointSlices }))).toEqual(expected);
  });

  it('is a note where the webhook is called by a URL', () => {
    const byUrl = installed({ clientConfig: { url: 'https://10.0.0.1/mutate/enforce' } });
    expect(examine(webhookEndpoints, byUrl).mark).toBe('note');
  });
});

describe('the certificate of cert-manager', () => {
  it('is missed where the webhook configurations name it', () => {
    const { mutating, validating } = installed();
    const annotations = { 'cert-manager.io/inject-ca-from': 'cofferdam/cofferdam' };
    const named = mutating.map(one => ({ ...one, metadata: { ...one.metadata, annotations } }));
    expect(told(examine(servingCertificate, { mutating: named, validating }))).toEqual([
      'failure',
      'Certificate "cofferdam/cofferdam", which the webhook configurations name, does not exist, so nobody renews the certificate that the replicas serve.',
    ]);
  });

  const at = (ms: number): string => new Date(NOW + ms).toISOString();
  const certificate = (status: object, namespace = 'cofferdam') => ({ metadata: { namespace }, status });
  const ready = { conditions: [{ type: 'Ready', status: 'True' }], notAfter: at(3 * DAY) };

  it.each([
    ['is in date', certificate({ ...ready, renewalTime: at(DAY) }), ['ok']],
    ['is being renewed', certificate({ ...ready, renewalTime: at(-60_000) }), ['ok']],
    [
      'was not renewed',
      certificate({ ...ready, renewalTime: at(-DAY) }),
      [
        'warning',
        `Certificate "cofferdam" in "cofferdam" was due to be renewed at ${at(-DAY)}, but has not been.`,
      ],
    ],
    [
      'has expired',
      certificate({ ...ready, notAfter: at(-1) }),
      [
        'failure',
        `Certificate "cofferdam" in "cofferdam" expired at ${at(-1)}, so the API server trusts no replica, and every call of the webhook fails.`,
      ],
    ],
    [
      'was not issued',
      certificate({ conditions: [{ type: 'Ready', status: 'False', message: 'Issuer "x" not found' }] }),
      ['failure', 'Certificate "cofferdam" in "cofferdam" is not ready: Issuer "x" not found.'],
    ],
    [
      'was not looked at',
      certificate({}),
      [
        'failure',
        'Certificate "cofferdam" in "cofferdam" is not ready: cert-manager has not processed it yet.',
      ],
    ],
    ['is of somebody else', certificate({}, 'other'), ['note']],
  ])('%s', (_, one, expected) => {
    expect(told(examine(servingCertificate, { ...installed(), certificates: [one] }))).toEqual(expected);
  });

  it('is looked into with kubectl alone', () => {
    const certificates = [certificate({ ...ready, notAfter: at(-1) })];
    expect(examine(servingCertificate, { ...installed(), certificates }).remarks).toMatchObject([
      { fix: 'Find out why: kubectl describe certificates.cert-manager.io cofferdam -n cofferdam' },
    ]);
  });
});
