import { MODES } from '../../src/pod/mode.ts';

type Suffix = 'mutate' | 'validate' | 'updates';

/** An entry of this project's webhook configurations, as the chart has it. */
export const entry = (suffix: Suffix, mode: string, more: object = {}) => ({
  name: `${mode}.${suffix}.cofferdam.dev`,
  clientConfig: {
    service: {
      name: 'cofferdam',
      namespace: 'cofferdam',
      path: `/${suffix === 'mutate' ? 'mutate' : 'validate'}/${mode}`,
    },
    caBundle: 'none',
  },
  namespaceSelector: { matchExpressions: [...modeIs(mode), OUTSIDE] },
  failurePolicy: mode === 'enforce' ? 'Fail' : 'Ignore',
  matchPolicy: 'Equivalent',
  sideEffects: 'None',
  timeoutSeconds: 2,
  reinvocationPolicy: 'IfNeeded',
  rules:
    suffix === 'updates'
      ? [rule(['pods', 'pods/ephemeralcontainers', 'pods/resize'], ['UPDATE'])]
      : [rule(['pods'], ['CREATE'])],
  ...more,
});

const OUTSIDE = {
  key: 'kubernetes.io/metadata.name',
  operator: 'NotIn',
  values: ['kube-system', 'kube-public', 'kube-node-lease', 'cofferdam'],
};

const rule = (resources: readonly string[], operations: readonly string[]) => ({
  apiGroups: [''],
  apiVersions: ['v1'],
  resources,
  operations,
});

function modeIs(mode: string): readonly object[] {
  const key = 'cofferdam.dev/mode';
  if (mode !== 'enforce') return [{ key, operator: 'In', values: [mode] }];
  return [
    { key, operator: 'Exists' },
    { key, operator: 'NotIn', values: MODES.filter(other => other !== 'enforce') },
  ];
}

export const configuration = (webhooks: readonly object[], name = 'zz-cofferdam') => ({
  metadata: { name },
  webhooks,
});

const ENTRIES = MODES.filter(mode => mode !== 'off');

/** Both configurations whole, each entry changed as told. */
export const installed = (more: object = {}) => ({
  mutating: [configuration(ENTRIES.map(mode => entry('mutate', mode, more)))],
  validating: [
    configuration([
      ...ENTRIES.map(mode => entry('validate', mode, more)),
      ...ENTRIES.map(mode => entry('updates', mode, more)),
    ]),
  ],
});

/** An installation with `webhooks.validateCreation: false`. */
export const installedLeavingCreation = () => {
  const { mutating, validating } = installed();
  const webhooks = validating[0]?.webhooks as readonly { readonly name: string }[];
  const left = webhooks.filter(({ name }) => name !== 'enforce.validate.cofferdam.dev');
  return { mutating, validating: [configuration(left)] };
};

/** A guard that is in force wherever the namespace says `enforce`. */
export const guardInForce = () => ({
  admissionPolicies: [
    {
      metadata: { name: 'cofferdam-guard', generation: 1 },
      spec: { failurePolicy: 'Fail', validations: [{ expression: 'true' }] },
      status: { observedGeneration: 1 },
    },
  ],
  admissionBindings: [
    {
      metadata: { name: 'cofferdam-guard' },
      spec: {
        policyName: 'cofferdam-guard',
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchExpressions: [...modeIs('enforce'), OUTSIDE] } },
      },
    },
  ],
});

/** A webhook of another project, called for Pods. */
export const foreign = (name: string, more: object = {}) =>
  configuration([{ name: `${name}.example.com`, rules: [rule(['*'], ['*'])], ...more }], name);
