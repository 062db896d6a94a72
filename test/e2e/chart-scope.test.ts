import { describe, expect, it } from 'vitest';
import { isCalledFor, registrationsOf } from '../../src/doctor/webhooks.ts';
import { guardBindings } from '../../src/guard/binding.ts';
import { helm, IMAGE_VALUE, type Rendered, render, templateArgs, type Values } from './support/helm.ts';
import { MODE_LABEL, MODES } from './support/settings.ts';

const HOME = 'cofferdam-e2e-chart';

/** Paths, with their failure policy, that the API server calls for a Pod that is made, or changed, in the namespace. */
function callsFor(
  objects: readonly Rendered[],
  namespace: string,
  mode: string | undefined,
  operation: 'CREATE' | 'UPDATE' = 'CREATE',
) {
  const labels = {
    'kubernetes.io/metadata.name': namespace,
    ...(mode !== undefined && { [MODE_LABEL]: mode }),
  };
  const kinds = [
    ['mutating', 'MutatingWebhookConfiguration', 'mutate'],
    ['validating', 'ValidatingWebhookConfiguration', 'validate'],
  ] as const;
  return kinds.flatMap(([kind, name, path]) =>
    registrationsOf(
      objects.filter(object => object.kind === name),
      kind,
    )
      .filter(entry => isCalledFor(entry, operation, 'pods') && entry.reaches(labels))
      .map(entry => `/${path}/${entry.mode} ${entry.failurePolicy}`),
  );
}

const both = (mode: string, failurePolicy = 'Ignore') =>
  ['mutate', 'validate'].map(path => `/${path}/${mode} ${failurePolicy}`);

describe.each(['off', ...MODES])('with the default mode %s', defaultMode => {
  const rendered = render(HOME, { defaultMode });

  it.each([
    ['audit', 'audit'],
    ['warn', 'warn'],
    ['inject', 'inject'],
    ['enforce', 'enforce'],
    ['Enforce', 'enforce'],
    ['', 'enforce'],
    [undefined, defaultMode],
  ])('a namespace labelled %j reaches the two entries of mode %s', async (label, mode) => {
    const calls = callsFor(await rendered, 'shop', label);
    expect(calls).toEqual(mode === 'off' ? [] : both(mode));
  });

  it('nobody is asked where it is off, nor outside of the scope', async () => {
    const objects = await rendered;
    expect(callsFor(objects, 'shop', 'off')).toEqual([]);
    for (const name of ['kube-system', 'kube-public', 'kube-node-lease', HOME, 'cert-manager', 'kyverno']) {
      expect(callsFor(objects, name, 'enforce')).toEqual([]);
      expect(callsFor(objects, name, undefined)).toEqual([]);
    }
  });
});

describe('without the guard', () => {
  const values: Values = { guard: { enabled: false }, defaultMode: 'enforce' };

  it.each([
    ['enforce', both('enforce', 'Fail')],
    [undefined, both('enforce', 'Fail')],
    ['warn', both('warn')],
    ['inject', both('inject')],
  ])('a namespace labelled %j fails as its mode says', async (label, calls) => {
    expect(callsFor(await render(HOME, values), 'shop', label)).toEqual(calls);
  });

  it('workloads never wait for a replica', async () => {
    const webhooks = (await render(HOME, values)).flatMap(
      object => (object.webhooks ?? []) as { name: string; failurePolicy: string }[],
    );
    const workloads = webhooks.filter(({ name }) => name.endsWith('.workloads.cofferdam.dev'));
    expect(workloads.map(({ failurePolicy }) => failurePolicy)).toEqual(Array(5).fill('Ignore'));
  });
});

describe('creations that are left to the guard', () => {
  const values: Values = { webhooks: { validateCreation: false } };

  it.each([
    ['enforce', ['/mutate/enforce Ignore'], ['/validate/enforce Ignore']],
    ['typo', ['/mutate/enforce Ignore'], ['/validate/enforce Ignore']],
    ['inject', both('inject'), ['/validate/inject Ignore']],
    [undefined, both('warn'), ['/validate/warn Ignore']],
  ])('in a namespace labelled %j', async (label, creation, update) => {
    const objects = await render(HOME, values);
    expect(callsFor(objects, 'shop', label)).toEqual(creation);
    expect(callsFor(objects, 'shop', label, 'UPDATE')).toEqual(update);
  });

  it('are so too in namespaces without a label, where enforce is the default', async () => {
    const objects = await render(HOME, { ...values, defaultMode: 'enforce' });
    expect(callsFor(objects, 'shop', undefined)).toEqual(['/mutate/enforce Ignore']);
    expect(callsFor(objects, 'shop', 'warn')).toEqual(both('warn'));
  });

  it('are refused where there is none', async () => {
    const { code, stderr } = await helm(await templateArgs(HOME), {
      ...IMAGE_VALUE,
      ...values,
      guard: { enabled: false },
    });
    expect(stderr).toContain(
      'webhooks.validateCreation=false leaves the creation of Pods to the guard, and guard.enabled=false takes it away',
    );
    expect(code).toBe(1);
  });
});

describe('conditions', () => {
  it('stand on entries for updates and workloads, and cost no creation of a Pod anything', async () => {
    const validating = (await render(HOME)).filter(({ kind }) => kind === 'ValidatingWebhookConfiguration');
    const webhooks = validating.flatMap(
      object => object.webhooks as { name: string; matchConditions?: object[] }[],
    );
    const conditional = webhooks.filter(({ matchConditions = [] }) => matchConditions.length > 0);
    const creating = registrationsOf(validating, 'validating')
      .filter(entry => isCalledFor(entry, 'CREATE', 'pods'))
      .map(({ name }) => name);
    expect(creating).toHaveLength(5);
    expect(conditional.map(({ name }) => name).filter(name => creating.includes(name))).toEqual([]);
    expect(new Set(conditional.map(({ name }) => name.split('.')[1]))).toEqual(
      new Set(['updates', 'workloads']),
    );
  });
});

describe('the guard', () => {
  it.each(['off', ...MODES] as const)(
    'is bound where the program says, with the default mode %s',
    async defaultMode => {
      const values = { defaultMode, excludedNamespaces: ['cilium', 'istio-system'] };
      const bindings = (await render(HOME, values)).filter(
        ({ kind, metadata }) =>
          kind === 'ValidatingAdmissionPolicyBinding' && metadata.name.startsWith('cofferdam-guard'),
      );
      const excludedNamespaces = [
        ...['kube-system', 'kube-public', 'kube-node-lease', HOME],
        ...values.excludedNamespaces,
      ];
      const byName = (objects: readonly { metadata: { name: string }; spec?: unknown }[]) =>
        Object.fromEntries(objects.map(({ metadata, spec }) => [metadata.name, spec]));
      expect(byName(bindings)).toEqual(byName(guardBindings({ defaultMode, excludedNamespaces })));
    },
  );

  it('and the locks are left out where they are off', async () => {
    const objects = await render(HOME, { guard: { enabled: false }, locks: { enabled: false } });
    expect(objects.filter(({ kind }) => kind.startsWith('ValidatingAdmission'))).toEqual([]);
  });
});

describe('the ClusterRoles admin, edit and view', () => {
  const KINDS = ['clustersandboxpolicies', 'sandboxpolicies', 'sandboxexemptions', 'sandboxprofiles'];
  /** What each may do, as `verb resource`, once the cluster has added up what is labelled for it. */
  async function added(values: Values): Promise<Readonly<Record<string, readonly string[]>>> {
    const roles = (await render(HOME, values)).filter(({ kind }) => kind === 'ClusterRole') as (Rendered & {
      rules: { resources: string[]; verbs: string[] }[];
    })[];
    const of = (role: string) =>
      roles
        .filter(
          ({ metadata }) => metadata.labels?.[`rbac.authorization.k8s.io/aggregate-to-${role}`] === 'true',
        )
        .flatMap(({ rules }) => rules)
        .flatMap(({ resources, verbs }) => resources.flatMap(one => verbs.map(verb => `${verb} ${one}`)))
        .sort();
    return { admin: of('admin'), edit: of('edit'), view: of('view') };
  }
  const read = KINDS.flatMap(kind => ['get', 'list', 'watch'].map(verb => `${verb} ${kind}`)).sort();
  const write = ['create', 'delete', 'deletecollection', 'patch', 'update'].map(
    verb => `${verb} sandboxpolicies`,
  );
  const all = [...read, ...write].sort();

  it.each<[Values, object]>([
    [{}, { admin: all, edit: read, view: read }],
    [{ policyWriters: 'edit' }, { admin: all, edit: all, view: read }],
    [{ policyWriters: 'none' }, { admin: read, edit: read, view: read }],
    [
      { aggregate: false, policyWriters: 'edit' },
      { admin: [], edit: [], view: [] },
    ],
  ])('with rbac %j', async (rbac, expected) => {
    expect(await added({ rbac })).toEqual(expected);
  });
});
