import type {
  V1CustomResourceDefinition,
  V1EndpointSlice,
  V1MutatingWebhookConfiguration,
  V1ValidatingAdmissionPolicy,
  V1ValidatingAdmissionPolicyBinding,
  V1ValidatingWebhookConfiguration,
} from '@kubernetes/client-node';
import { factsOf, namespaceFacts, nodeFacts, runtimeClassFacts } from '../cluster/facts.ts';
import type { Fields } from '../cluster/fields.ts';
import type { NodeFacts, RuntimeClassFacts } from '../cluster/view.ts';
import type { KubeObject } from '../kube/object.ts';
import type { ServerVersion } from '../kube/version.ts';
import type { Loose } from '../pod/kube.ts';
import type { NamespaceFacts } from '../pod/namespace.ts';
import { type Registration, registrationsOf } from './webhooks.ts';
import type { Workload } from './workloads.ts';

export type AdmissionPolicy = Loose<V1ValidatingAdmissionPolicy>;
export type AdmissionBinding = Loose<V1ValidatingAdmissionPolicyBinding>;
export type Definition = Loose<V1CustomResourceDefinition>;

export type EndpointSlice = Loose<V1EndpointSlice>;

/** The parts of a cert-manager.io/v1 Certificate that checks look at; the API server has validated them. */
export interface Certificate {
  readonly metadata?: { readonly namespace?: string };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
    /** A time in RFC 3339. */
    readonly notAfter?: string;
    readonly renewalTime?: string;
  };
}

/** What checks look at, as far as it could be read. */
export interface Known {
  readonly runtimeClasses: readonly RuntimeClassFacts[];
  readonly nodes: readonly NodeFacts[];
  readonly namespaces: readonly NamespaceFacts[];
  readonly mutating: readonly Registration[];
  readonly validating: readonly Registration[];
  readonly admissionPolicies: readonly AdmissionPolicy[];
  readonly admissionBindings: readonly AdmissionBinding[];
  readonly crds: readonly Definition[];
  /** The EndpointSlices of Services with the name of this project's. */
  readonly endpointSlices: readonly EndpointSlice[];
  /** The Certificates of cert-manager with the name of this project's. */
  readonly certificates: readonly Certificate[];
  readonly exemptions: readonly KubeObject[];
  /** Pods that run outside of the system's namespaces. */
  readonly workloads: readonly Workload[];
  /** Pods that run where an exemption waives a path of the host. */
  readonly exemptPods: readonly Workload[];
}
export type KnownName = keyof Known;
/** Results of judging, which are not lists of the API server. */
export type JudgedName = 'workloads' | 'exemptPods';
export type ListName = Exclude<KnownName, JudgedName>;

/** A list, or why there is none. */
export type Listed<T> = { readonly items: T } | { readonly error: string; readonly forbidden: boolean };

/** A cluster as it was read once. Lists that were not asked for are absent. */
export interface ClusterState {
  readonly server: ServerVersion;
  readonly lists: { readonly [K in KnownName]?: Listed<Known[K]> };
}

type Objects = readonly KubeObject[];

/** Convert what the API server sent into what checks look at. An object of the wrong shape is left out. */
export const READERS: { readonly [K in ListName]: (objects: Objects) => Known[K] } = {
  runtimeClasses: objects => allOf(objects, runtimeClassFacts),
  nodes: objects => allOf(objects, nodeFacts),
  namespaces: objects => allOf(objects, namespaceFacts),
  mutating: objects =>
    registrationsOf(objects as readonly Loose<V1MutatingWebhookConfiguration>[], 'mutating'),
  validating: objects =>
    registrationsOf(objects as readonly Loose<V1ValidatingWebhookConfiguration>[], 'validating'),
  admissionPolicies: objects => objects as readonly AdmissionPolicy[],
  admissionBindings: objects => objects as readonly AdmissionBinding[],
  crds: objects => objects as readonly Definition[],
  endpointSlices: objects => objects as readonly EndpointSlice[],
  certificates: objects => objects as readonly Certificate[],
  exemptions: objects => objects,
};

const allOf = <T>(objects: Objects, read: (fields: Fields) => T | undefined): readonly T[] =>
  objects.flatMap(object => factsOf(object, read) ?? []);
