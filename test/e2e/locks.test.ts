import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import {
  bob,
  carol,
  classObject,
  exemptionObject,
  LOCKED,
  NAME,
  namespaceObject,
  profileObject,
  startLocks,
  stopLocks,
} from './support/lock-ground.ts';

beforeAll(startLocks);
afterAll(stopLocks);

const patch = (kind: string, body: object, ...more: string[]) => [
  ...['patch', kind, NAME, '--type=merge', '-p', JSON.stringify(body), ...more],
];
const labels = (more: Record<string, string | null>) => ({ metadata: { labels: more } });
const create = ['create', '-f', '-'];

/** The entry of a webhook configuration, with a field set or taken away. */
const entry = (kind: string, field: string, value: unknown) => [
  ...['patch', `${kind}webhookconfiguration`, NAME, '--type=json', '-p'],
  JSON.stringify([{ op: value === undefined ? 'remove' : 'add', path: `/webhooks/0/${field}`, value }]),
];

/** A request that names nothing. */
const deleteAll = (resource: string) => [
  'delete',
  '--raw',
  `/apis/${resource}?labelSelector=${encodeURIComponent(LOCKED)}&dryRun=All`,
];

const finalize = ['replace', '--raw', `/api/v1/namespaces/${NAME}/finalize?dryRun=All`, '-f', '-'];
const selector = { matchLabels: { a: 'b' } };
const THINGS = {
  apiGroups: ['example.com'],
  apiVersions: ['v1'],
  resources: ['others'],
  operations: ['CREATE'],
};

type Case = readonly [what: string, args: readonly string[], input?: object];
const named = (cases: readonly Case[]) => cases.map(([what, args, input]) => ({ what, args, input }));

const NAMESPACES: readonly Case[] = [
  [
    'a Namespace that comes with one',
    create,
    namespaceObject('cofferdam-e2e-unlocked', { 'cofferdam.dev/mode': 'off' }),
  ],
  ['adding one', patch('namespace', labels({ 'cofferdam.dev/risk': 'low' }))],
  ['changing one', patch('namespace', labels({ 'cofferdam.dev/mode': 'off' }))],
  ['removing one', patch('namespace', labels({ 'cofferdam.dev/mode': null }))],
  [
    'through namespaces/status',
    patch('namespace', labels({ 'cofferdam.dev/mode': 'off' }), '--subresource=status'),
  ],
  ['through namespaces/finalize', finalize, namespaceObject(NAME, { 'cofferdam.dev/mode': 'off' })],
];
const CLASSES: readonly Case[] = [
  ['a new one', create, classObject('cofferdam-e2e-unlocked', 'kata-qemu')],
  ['another overhead', patch('runtimeclass', { overhead: { podFixed: { cpu: '1' } } })],
  ['other nodes', patch('runtimeclass', { scheduling: { nodeSelector: { a: 'b' } } })],
  ['deleting one', ['delete', 'runtimeclass', NAME]],
  ['deleting all', deleteAll('node.k8s.io/v1/runtimeclasses')],
];
const OBJECTS: readonly Case[] = [
  ['a new SandboxProfile', create, profileObject('cofferdam-e2e-unlocked')],
  ['a new SandboxExemption', create, exemptionObject('cofferdam-e2e-unlocked')],
  ['another SandboxProfile', patch('sandboxprofile', { spec: { title: 'x' } })],
  ['a longer SandboxExemption', patch('sandboxexemption', { spec: { expires: '2027-04-01T00:00:00Z' } })],
  ['no SandboxProfile', ['delete', 'sandboxprofile', NAME]],
  ['no SandboxExemption', ['delete', 'sandboxexemption', NAME]],
  ['no SandboxProfile at all', deleteAll('cofferdam.dev/v1alpha1/sandboxprofiles')],
  ['no SandboxExemption at all', deleteAll('cofferdam.dev/v1alpha1/sandboxexemptions')],
];
const FIELDS: readonly (readonly [field: string, value: unknown])[] = [
  ['name', 'other.cofferdam.dev'],
  ['clientConfig', { url: 'https://127.0.0.1/x' }],
  ['clientConfig/service/name', 'other'],
  ['rules', [THINGS]],
  ['failurePolicy', 'Ignore'],
  ['matchPolicy', 'Exact'],
  ['namespaceSelector', selector],
  ['objectSelector', selector],
  ['sideEffects', 'NoneOnDryRun'],
  ['timeoutSeconds', 1],
  ['admissionReviewVersions', ['v1', 'v1beta1']],
  ['matchConditions', [{ name: 'never', expression: 'false' }]],
];
const WEBHOOKS: readonly Case[] = [
  ...['mutating', 'validating'].flatMap((kind): Case[] => [
    ...FIELDS.map(([field, value]): Case => [`${kind}: ${field}`, entry(kind, field, value)]),
    [
      `${kind}: no entry`,
      [
        'patch',
        `${kind}webhookconfiguration`,
        NAME,
        '--type=json',
        '-p',
        '[{"op":"remove","path":"/webhooks/0"}]',
      ],
    ],
    [`${kind}: labels`, patch(`${kind}webhookconfiguration`, labels({ a: 'b' }))],
    [
      `${kind}: a finalizer`,
      patch(`${kind}webhookconfiguration`, { metadata: { finalizers: ['example.com/stay'] } }),
    ],
    [
      `${kind}: an owner`,
      patch(`${kind}webhookconfiguration`, {
        metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'gone' }] },
      }),
    ],
    [
      `${kind}: another certificate`,
      patch(`${kind}webhookconfiguration`, {
        metadata: { annotations: { 'cert-manager.io/inject-ca-from': 'x/y' } },
      }),
    ],
    [`${kind}: none`, ['delete', `${kind}webhookconfiguration`, NAME]],
    [`${kind}: none at all`, deleteAll(`admissionregistration.k8s.io/v1/${kind}webhookconfigurations`)],
  ]),
  ['mutating: reinvocationPolicy', entry('mutating', 'reinvocationPolicy', 'IfNeeded')],
];

const LOCKS: readonly (readonly [name: string, cases: readonly Case[], what: string])[] = [
  ['labels of Namespaces', NAMESPACES, 'set, change or remove labels cofferdam.dev/* of a Namespace'],
  ['RuntimeClasses of sandboxes', CLASSES, 'create, change or delete a RuntimeClass of a sandbox'],
  ['profiles and exemptions', OBJECTS, 'write SandboxProfiles and SandboxExemptions'],
  ['webhook configurations', WEBHOOKS, "change or delete this project's webhook configurations"],
];

describe.each(LOCKS)('the lock on %s', (_, cases, denied) => {
  it.each(named(cases))('is shut for who may not bypass it: $what', async ({ args, input }) => {
    const { code, stderr } = await bob(args, input);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `denied request: only who has RBAC verb "bypass" on sandboxpolicies.cofferdam.dev may ${denied}`,
    );
  });

  it.each(named(cases))('opens to who may: $what', async ({ args, input }) => {
    expect(await carol(args, input)).toMatchObject({ code: 0, stderr: '' });
  });
});

const CA = Buffer.from('-----BEGIN CERTIFICATE-----\n').toString('base64');

const OPEN: readonly Case[] = [
  ['a Namespace without a label of this project', create, namespaceObject('cofferdam-e2e-unlocked')],
  ['another label of a Namespace', patch('namespace', labels({ team: 'a' }))],
  [
    'the finalizers of a Namespace that keeps its labels',
    finalize,
    namespaceObject(NAME, { 'cofferdam.dev/mode': 'enforce' }),
  ],
  ['a RuntimeClass that is no sandbox', create, classObject('cofferdam-e2e-unlocked', 'nvidia')],
  ['the labels of a RuntimeClass', patch('runtimeclass', labels({ a: 'b' }))],
  ['the labels of a SandboxExemption', patch('sandboxexemption', labels({ a: 'b' }))],
  [
    'the status of a SandboxExemption',
    patch('sandboxexemption', { status: { observedGeneration: 1 } }, '--subresource=status'),
  ],
  ['the caBundle of a webhook, which cainjector writes', entry('mutating', 'clientConfig/caBundle', CA)],
  ['the caBundle of the other', entry('validating', 'clientConfig/caBundle', CA)],
];

/** The seconds of its CPU that the API server has used since it started. */
async function cpuSeconds(): Promise<number> {
  const metrics = await kubectlOk(['get', '--raw', '/metrics']);
  return Number(/^process_cpu_seconds_total (.*)$/m.exec(metrics)?.[1]);
}

describe('a Namespace with very many labels', () => {
  const MANY = 20_000;
  const ROUNDS = 3;
  /** The spare time is for whatever else goes on there meanwhile. */
  const SPARE_SECONDS = 0.5;
  const crowd = Object.fromEntries(Array.from({ length: MANY }, (_, i) => [`l${i}`, '']));
  const crowded = (name: string, isLocked: boolean) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { ...crowd, ...(isLocked && { [LOCKED]: 'true' }) } },
  });
  const all = '/api/v1/namespaces?dryRun=All';
  const create = (isLocked: boolean) =>
    bob(['create', '--raw', all, '-f', '-'], crowded('cofferdam-e2e-crowd', isLocked));
  const annotate = (name: string) => bob(['annotate', 'namespace', name, 'example.com/note=x']);

  /** The cost of a request, in seconds: that of the cheapest of some rounds, as other work adds to each. */
  async function costOf(request: () => Promise<unknown>): Promise<number> {
    const costs: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const before = await cpuSeconds();
      await request();
      costs.push((await cpuSeconds()) - before);
    }
    return Math.min(...costs);
  }

  it('costs the API server little more for the lock, and is refused', async () => {
    const free = await costOf(() => create(false));
    expect(await costOf(() => create(true))).toBeLessThan(2 * free + SPARE_SECONDS);
    expect(await create(true)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('or any of one with more than 250 labels'),
    });
  });

  it('that is stored can be changed elsewhere for little more, and ended', async () => {
    const [locked, free] = ['cofferdam-e2e-crowd-locked', 'cofferdam-e2e-crowd-free'];
    await kubectlOk(['create', '--raw', '/api/v1/namespaces', '-f', '-'], crowded(locked, true));
    await kubectlOk(['create', '--raw', '/api/v1/namespaces', '-f', '-'], crowded(free, false));
    try {
      expect(await annotate(locked)).toMatchObject({ code: 0 });
      const [cost, without] = [await costOf(() => annotate(locked)), await costOf(() => annotate(free))];
      expect(cost).toBeLessThan(2 * without + SPARE_SECONDS);
    } finally {
      await kubectlOk(['delete', 'namespace', locked, free]);
    }
  });
});

describe('the locks stay out of the way', () => {
  it.each(named(OPEN))('$what', async ({ args, input }) => {
    expect(await bob(args, input)).toMatchObject({ code: 0, stderr: '' });
  });

  it('a status cannot smuggle a spec in', async () => {
    const smuggled = patch('sandboxexemption', { spec: { owner: 'mallory' } }, '--subresource=status');
    expect(await kubectl([...smuggled, '--as=cofferdam-e2e-bob'])).toMatchObject({ code: 0 });
    const { stdout } = await kubectl(['get', 'sandboxexemption', NAME, '-o', 'jsonpath={.spec.owner}']);
    expect(stdout).toBe('team');
  });
});
