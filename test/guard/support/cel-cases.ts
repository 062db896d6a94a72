import type { AdmissionRequest, Bound } from './admission-objects.ts';
import type { CelCase } from './cel-case.ts';
import { EXPRESSION_CASES } from './expression-cases.ts';
import { POLICY_CASES } from './policy-cases.ts';
import { VALUE_CASES } from './value-cases.ts';

/** A case with the name of its policy, and of its test. */
export type NamedCase = CelCase & { readonly id: string; readonly title: string };

export const CASES: readonly NamedCase[] = [...EXPRESSION_CASES, ...VALUE_CASES, ...POLICY_CASES].map(
  (one, i) => ({
    ...one,
    id: `cofferdam-e2e-case-${i}`,
    title: titleOf(one),
  }),
);

function titleOf({ is, expression, conditions = [], variables = {}, messageExpression }: CelCase): string {
  const given = Object.entries(variables).map(([name, value]) => `${name}: ${value}`);
  const parts = [...conditions.map(one => `if ${one}`), ...given, messageExpression ?? [], expression].flat();
  return `${is}: ${parts.join(' · ')}`;
}

/** The Pod of a case, which never reaches a kubelet. */
export const casePod = (id: string, namespace: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: id, namespace, labels: { a: '1', 'n.io/b': '', case: id } },
  spec: {
    schedulerName: 'nobody',
    containers: [
      { name: 'one', image: 'nginx:1' },
      {
        name: 'two',
        image: 'b',
        ports: [{ containerPort: 80, hostPort: 0 }],
        securityContext: { runAsUser: 0 },
      },
    ],
  },
});

/** A policy for this case only, for its Pod in this namespace. */
export function casePolicy(one: NamedCase, namespace: string) {
  const { id, expression, conditions = [], variables = {}, message, messageExpression } = one;
  const named = (list: readonly string[]) => list.map((expression, i) => ({ name: `c${i}`, expression }));
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: id },
    spec: {
      failurePolicy: 'Fail' as const,
      matchConstraints: {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        objectSelector: { matchLabels: { case: id } },
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] },
        ],
      },
      matchConditions: named(conditions),
      variables: Object.entries(variables).map(([name, expression]) => ({ name, expression })),
      validations: [
        {
          expression,
          ...(message !== undefined && { message }),
          ...(messageExpression && { messageExpression }),
        },
      ],
    },
  };
}

export const caseBinding = (id: string) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: id },
  spec: { policyName: id, validationActions: ['Deny'] },
});

/** The case in the form that the evaluator takes. */
export function caseRequest(one: NamedCase): [Bound[], AdmissionRequest] {
  const namespace = 'shop';
  const object = casePod(one.id, namespace);
  const userInfo = { username: 'someone', groups: ['system:masters'] };
  return [
    [{ policy: casePolicy(one, namespace), bindings: [caseBinding(one.id)] }],
    { operation: 'CREATE', resource: 'pods', name: one.id, namespace, userInfo, object, oldObject: null },
  ];
}
