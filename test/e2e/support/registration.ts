import { E2E_LABEL, HOST, MODE_LABEL, MODES, type Mode } from './settings.ts';

interface Registered {
  /** The name of the configurations. */
  readonly name?: string;
  /** The label of the namespaces that they are for. */
  readonly label?: string;
  readonly timeoutSeconds?: number;
}

/** The webhook configurations: one entry for each mode, selected by the namespace's label, with the mode in the path. */
export function registration(
  port: number,
  caBundle: string,
  { name = 'zz-cofferdam', label = E2E_LABEL, timeoutSeconds = COMMON.timeoutSeconds }: Registered = {},
): readonly object[] {
  const entry = (path: string, mode: Mode) => ({
    name: `${mode}.${path}.cofferdam.dev`,
    clientConfig: { url: `https://${HOST}:${port}/${path}/${mode}`, caBundle },
    namespaceSelector: {
      matchExpressions: [...modeIs(mode), { key: label, operator: 'Exists' }, OUTSIDE_SYSTEM],
    },
    failurePolicy: mode === 'enforce' ? 'Fail' : 'Ignore',
    ...COMMON,
    timeoutSeconds,
  });
  const configuration = (kind: string, webhooks: readonly object[]) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name, labels: { [E2E_LABEL]: 'true' } },
    webhooks,
  });
  return [
    configuration(
      'MutatingWebhookConfiguration',
      MODES.map(mode => ({ ...entry('mutate', mode), rules: MUTATED, reinvocationPolicy: 'IfNeeded' })),
    ),
    configuration(
      'ValidatingWebhookConfiguration',
      MODES.map(mode => ({ ...entry('validate', mode), rules: VALIDATED })),
    ),
  ];
}

/** Both webhooks of mode enforce for the Pods of one namespace, which fail open, as they do with a guard. */
export function webhooksOf(port: number, caBundle: string, namespace: string): readonly object[] {
  const configuration = (kind: string, path: string, operations: readonly string[]) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: namespace, labels: { [E2E_LABEL]: 'true' } },
    webhooks: [
      {
        name: `${path}.${namespace}.cofferdam.dev`,
        clientConfig: { url: `https://${HOST}:${port}/${path}/enforce`, caBundle },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        failurePolicy: 'Ignore',
        ...COMMON,
        rules: [rule('', ['pods'], operations)],
      },
    ],
  });
  return [
    configuration('MutatingWebhookConfiguration', 'mutate', ['CREATE']),
    configuration('ValidatingWebhookConfiguration', 'validate', ['CREATE', 'UPDATE']),
  ];
}

const COMMON = {
  admissionReviewVersions: ['v1'],
  matchPolicy: 'Equivalent',
  sideEffects: 'None',
  timeoutSeconds: 2,
};

const rule = (group: string, resources: readonly string[], operations: readonly string[]) => ({
  apiGroups: [group],
  apiVersions: ['v1'],
  resources,
  operations,
});

const MUTATED = [rule('', ['pods'], ['CREATE'])];

const VALIDATED = [
  rule('', ['pods', 'replicationcontrollers'], ['CREATE', 'UPDATE']),
  rule('', ['pods/ephemeralcontainers', 'pods/resize'], ['UPDATE']),
  rule('apps', ['deployments', 'statefulsets', 'daemonsets', 'replicasets'], ['CREATE', 'UPDATE']),
  rule('batch', ['jobs', 'cronjobs'], ['CREATE', 'UPDATE']),
];

const OUTSIDE_SYSTEM = {
  key: 'kubernetes.io/metadata.name',
  operator: 'NotIn',
  values: ['kube-system', 'kube-public', 'kube-node-lease'],
};

/** An invalid mode means enforce, so that entry covers every value that belongs neither to another entry nor to `off`. */
function modeIs(mode: Mode): readonly object[] {
  if (mode !== 'enforce') return [{ key: MODE_LABEL, operator: 'In', values: [mode] }];
  return [
    { key: MODE_LABEL, operator: 'Exists' },
    { key: MODE_LABEL, operator: 'NotIn', values: ['off', ...MODES.filter(other => other !== 'enforce')] },
  ];
}
