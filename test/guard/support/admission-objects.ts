import type { LabelSelector } from '../../../src/policy/selector.ts';

/*
The parts of admissionregistration.k8s.io/v1 and admission.k8s.io/v1 that the evaluator reads. They are more than src/guard
writes, so that a guard of any shape can be evaluated.
*/

export interface ResourceRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
  readonly scope?: string;
}

export interface MatchResources {
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly resourceRules?: readonly ResourceRule[];
  readonly excludeResourceRules?: readonly ResourceRule[];
}

interface Named {
  readonly name: string;
  readonly expression: string;
}

export interface PolicyObject {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly failurePolicy?: 'Fail' | 'Ignore';
    readonly matchConstraints?: MatchResources;
    readonly matchConditions?: readonly Named[];
    readonly variables?: readonly Named[];
    readonly validations?: readonly {
      readonly expression: string;
      readonly message?: string;
      readonly messageExpression?: string;
      readonly reason?: string;
    }[];
    readonly auditAnnotations?: readonly { readonly key: string; readonly valueExpression: string }[];
  };
}

export interface BindingObject {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly policyName: string;
    readonly validationActions: readonly string[];
    readonly matchResources?: MatchResources;
  };
}

/** A policy with the bindings that name it. */
export interface Bound {
  readonly policy: PolicyObject;
  readonly bindings: readonly BindingObject[];
}

/** A request as the admission of the API server sees it. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  /** The API group; the core group where none is given. */
  readonly group?: string;
  readonly version?: string;
  readonly resource: string;
  readonly subResource?: string;
  readonly name?: string;
  readonly namespace: string;
  /** The labels of the Namespace, without `kubernetes.io/metadata.name`, which it always has. */
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  readonly userInfo?: { readonly username: string; readonly groups?: readonly string[] };
  /** The object is null for DELETE. */
  readonly object: object | null;
  /** The stored object is absent or null for CREATE. */
  readonly oldObject?: object | null;
}

export interface Denial {
  readonly policy: string;
  readonly binding: string;
  readonly message: string;
  readonly reason: string;
}

export interface Verdict {
  readonly allowed: boolean;
  /** The denials of every validation that does not hold; the API server tells its client only the first. */
  readonly denials: readonly Denial[];
  /** The policies whose binding and match conditions let the request in. */
  readonly evaluated: readonly string[];
}
