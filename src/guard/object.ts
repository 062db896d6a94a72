/** The parts of admissionregistration.k8s.io/v1 that the guard and the locks are made of. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

export interface Validation {
  readonly expression: string;
  /** The message where `messageExpression` cannot be evaluated. */
  readonly message: string;
  readonly messageExpression?: string;
  readonly reason: 'Forbidden';
}

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
  readonly scope: '*';
}

export interface MatchConstraints {
  readonly matchPolicy: 'Equivalent';
  readonly namespaceSelector: object;
  readonly objectSelector: object;
  readonly resourceRules: readonly Rule[];
}

export interface AdmissionPolicy {
  readonly apiVersion: 'admissionregistration.k8s.io/v1';
  readonly kind: 'ValidatingAdmissionPolicy';
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly failurePolicy: 'Fail';
    readonly matchConstraints: MatchConstraints;
    readonly matchConditions?: readonly Variable[];
    readonly variables?: readonly Variable[];
    readonly validations: readonly Validation[];
    readonly auditAnnotations?: readonly { readonly key: string; readonly valueExpression: string }[];
  };
}

export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

export interface AdmissionBinding {
  readonly apiVersion: 'admissionregistration.k8s.io/v1';
  readonly kind: 'ValidatingAdmissionPolicyBinding';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly policyName: string;
    readonly validationActions: readonly ['Deny'];
    readonly matchResources?: {
      readonly namespaceSelector: { readonly matchExpressions: readonly LabelRequirement[] };
    };
  };
}

/** A rule for one version of resources of one group. */
export const rule = (
  group: string,
  operations: readonly string[],
  resources: readonly string[],
  version = 'v1',
): Rule => ({ apiGroups: [group], apiVersions: [version], operations, resources, scope: '*' });

/** Spells out the API server's defaults, so that what is stored equals what was written. */
export const matching = (resourceRules: readonly Rule[]): MatchConstraints => ({
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  resourceRules,
});
