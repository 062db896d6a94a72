import { WHOLE_POD } from '../../../src/signals/guards.ts';
import { SIGNALS } from '../../../src/signals/index.ts';
import { madeOnce } from '../../../src/signals/made.ts';
import { E2E_LABEL, GUARDED } from './settings.ts';

export interface Guard {
  readonly id: string;
  readonly guard: string;
}

export const GUARDS: readonly Guard[] = SIGNALS.flatMap(signal =>
  'guard' in signal ? [{ id: signal.id, guard: signal.guard }] : [],
);

/** Containers of every kind in one list; `dyn` is needed, as ephemeral ones have a type of their own. */
const CONTAINERS = ['object.spec.containers', ...['initContainers', 'ephemeralContainers'].map(optional)]
  .map(list => `dyn(${list})`)
  .join(' + ');

function optional(field: string): string {
  return `object.spec.?${field}.orValue([])`;
}

const MADE = madeOnce(WHOLE_POD.pod, WHOLE_POD.containers, WHOLE_POD.made);

/**
 * The same guard over only regular containers, and without the variables, whose types the API server does not check: so a
 * misspelt field is noticed.
 */
export const typed = ({ id, guard }: Guard): Guard => {
  const inlined = Object.entries(MADE)
    // Those that are made from others come first.
    .toReversed()
    .reduce((cel, [name, made]) => cel.replaceAll(`variables.${name}`, () => `(${made})`), guard);
  return { id, guard: inlined.replaceAll('variables.containers', 'object.spec.containers') };
};

/** A policy that is violated by whatever the guards find; its messages are `<Pod's name guard's id>`. */
export const guardPolicy = (name: string, guards: readonly Guard[]) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name, labels: { [E2E_LABEL]: 'true' } },
  spec: {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [rule('CREATE', 'pods'), rule('UPDATE', 'pods/ephemeralcontainers')],
    },
    variables: [
      { name: 'containers', expression: CONTAINERS },
      ...Object.entries(MADE).map(([name, expression]) => ({ name, expression })),
    ],
    validations: guards.map(({ id, guard }) => ({
      expression: `!(${guard})`,
      messageExpression: `'<' + object.metadata.name + ' ${id}>'`,
    })),
  },
});

function rule(operation: string, resource: string) {
  return { apiGroups: [''], apiVersions: ['v1'], operations: [operation], resources: [resource] };
}

/** Makes violations of the policy warnings, in one namespace. */
export const warnBinding = (name: string) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name, labels: { [E2E_LABEL]: 'true' } },
  spec: {
    policyName: name,
    validationActions: ['Warn'],
    matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': GUARDED } } },
  },
});

/** The ids of the guards in a Pod's warnings, sorted. */
export const firedOn = (name: string, stderr: string): string[] =>
  [...stderr.matchAll(/<(\S+) (\w+)>/g)].flatMap(([, of, id]) => (of === name && id ? [id] : [])).sort();
