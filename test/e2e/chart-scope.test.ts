import { describe, expect, it } from 'vitest';
import { isCalledFor, registrationsOf } from '../../src/doctor/webhooks.ts';
import { guardBinding } from '../../src/guard/binding.ts';
import { type Rendered, render, type Values } from './support/helm.ts';
import { MODE_LABEL, MODES } from './support/settings.ts';

const HOME = 'cofferdam-e2e-chart';

/** Paths, with their failure policy, that the API server calls for a Pod that is made in the namespace. */
function callsFor(objects: readonly Rendered[], namespace: string, mode: string | undefined) {
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
      .filter(entry => isCalledFor(entry, 'CREATE', 'pods') && entry.reaches(labels))
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

describe('the guard', () => {
  it.each(['off', ...MODES] as const)(
    'is bound where the program says, with the default mode %s',
    async defaultMode => {
      const values = { defaultMode, excludedNamespaces: ['cilium', 'istio-system'] };
      const bindings = (await render(HOME, values)).filter(
        ({ kind, metadata }) =>
          kind === 'ValidatingAdmissionPolicyBinding' && metadata.name === 'cofferdam-guard',
      );
      const excludedNamespaces = [
        ...['kube-system', 'kube-public', 'kube-node-lease', HOME],
        ...values.excludedNamespaces,
      ];
      expect(bindings.map(({ spec }) => spec)).toEqual([
        guardBinding({ defaultMode, excludedNamespaces }).spec,
      ]);
    },
  );

  it('and the locks are left out where they are off', async () => {
    const objects = await render(HOME, { guard: { enabled: false }, locks: { enabled: false } });
    expect(objects.filter(({ kind }) => kind.startsWith('ValidatingAdmission'))).toEqual([]);
  });
});
