import { MODES } from '../../src/pod/mode.ts';

/** An entry of this project's webhook configurations, as the chart has it. */
export const entry = (path: 'mutate' | 'validate', mode: string, more: object = {}) => ({
  name: `${mode}.${path}.cofferdam.dev`,
  clientConfig: {
    service: { name: 'cofferdam', namespace: 'cofferdam', path: `/${path}/${mode}` },
    caBundle: 'none',
  },
  namespaceSelector: { matchExpressions: [...modeIs(mode), OUTSIDE] },
  failurePolicy: mode === 'enforce' ? 'Fail' : 'Ignore',
  matchPolicy: 'Equivalent',
  sideEffects: 'None',
  timeoutSeconds: 2,
  reinvocationPolicy: 'IfNeeded',
  rules: path === 'mutate' ? [rule(['pods'], ['CREATE'])] : VALIDATED,
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

const VALIDATED = [
  rule(['pods'], ['CREATE', 'UPDATE']),
  rule(['pods/ephemeralcontainers', 'pods/resize'], ['UPDATE']),
];

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
  validating: [configuration(ENTRIES.map(mode => entry('validate', mode, more)))],
});

/** Of another project, called for Pods. */
export const foreign = (name: string, more: object = {}) =>
  configuration([{ name: `${name}.example.com`, rules: [rule(['*'], ['*'])], ...more }], name);
