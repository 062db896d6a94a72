import { collectionPath, GROUP, type Kind, PLURALS } from '../source/group.ts';
import type { KubeObject } from './object.ts';

/** A collection that is read from a cluster. */
export interface Resource {
  /** The name of the collection in RBAC and `kubectl get`. */
  readonly name: string;
  readonly path: string;
  /** Narrows the list: a label or field selector. */
  readonly query?: Readonly<Record<string, string>>;
  readonly metadataOnly?: true;
  /** The most values of an object that a replica reads. */
  readonly mostValues?: number;
  readonly pick?: (object: KubeObject) => KubeObject;
}

/**
 * The most values of objects that replicas read and that tenants and kubelets write. The largest with a purpose have some
 * 3,000, most of which record who wrote which field.
 */
export const MOST_VALUES = 10_000;

const own = (kind: Kind): Resource => ({
  name: `${PLURALS[kind]}.${GROUP}`,
  path: collectionPath(kind),
  pick: withConditions,
});

const registration = (plural: string): Resource => ({
  name: `${plural}.admissionregistration.k8s.io`,
  path: `/apis/admissionregistration.k8s.io/v1/${plural}`,
});

function workloads(version: string, plural: string): Resource {
  return {
    name: `${plural}.${version.split('/')[0]}`,
    path: `/apis/${version}/${plural}`,
    pick: withUpdated,
  };
}

export const RESOURCES = {
  pods: { name: 'pods', path: '/api/v1/pods', pick: withPhase },
  nodes: { name: 'nodes', path: '/api/v1/nodes', mostValues: MOST_VALUES, pick: withoutImages },
  namespaces: { name: 'namespaces', path: '/api/v1/namespaces', mostValues: MOST_VALUES, pick: withoutBulk },
  runtimeClasses: { name: 'runtimeclasses.node.k8s.io', path: '/apis/node.k8s.io/v1/runtimeclasses' },
  replicaSets: { name: 'replicasets.apps', path: '/apis/apps/v1/replicasets', metadataOnly: true },
  jobs: { name: 'jobs.batch', path: '/apis/batch/v1/jobs', metadataOnly: true },
  deployments: workloads('apps/v1', 'deployments'),
  statefulSets: workloads('apps/v1', 'statefulsets'),
  daemonSets: workloads('apps/v1', 'daemonsets'),
  cronJobs: workloads('batch/v1', 'cronjobs'),
  mutating: registration('mutatingwebhookconfigurations'),
  validating: registration('validatingwebhookconfigurations'),
  admissionPolicies: registration('validatingadmissionpolicies'),
  admissionBindings: registration('validatingadmissionpolicybindings'),
  crds: {
    name: 'customresourcedefinitions.apiextensions.k8s.io',
    path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    pick: withoutSchemas,
  },
  // Only those of this project's Service and certificate are read: a cluster may hold thousands.
  endpointSlices: {
    name: 'endpointslices.discovery.k8s.io',
    path: '/apis/discovery.k8s.io/v1/endpointslices',
    query: { labelSelector: 'kubernetes.io/service-name=cofferdam' },
  },
  certificates: {
    name: 'certificates.cert-manager.io',
    path: '/apis/cert-manager.io/v1/certificates',
    query: { fieldSelector: 'metadata.name=cofferdam' },
  },
  clusterPolicies: own('ClusterSandboxPolicy'),
  policies: { ...own('SandboxPolicy'), mostValues: MOST_VALUES },
  exemptions: own('SandboxExemption'),
  profiles: own('SandboxProfile'),
} as const satisfies Record<string, Resource>;

export type ResourceName = keyof typeof RESOURCES;

/** The kinds of this project, which are missing in a cluster without it. */
export const OWN_RESOURCES = ['clusterPolicies', 'policies', 'exemptions', 'profiles'] as const;

/** The path of the collection in one namespace: `/api/v1/pods` → `/api/v1/namespaces/shop/pods`. */
export const inNamespace = (path: string, namespace: string | undefined): string =>
  namespace === undefined
    ? path
    : path.replace(/\/([^/]+)$/, `/namespaces/${encodeURIComponent(namespace)}/$1`);

/** The history of an object's fields is often as large as the rest of it. */
function withoutBulk(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = mapAt(object, 'metadata');
  return { ...object, metadata };
}

/** Keeps of a workload's status how many of its Pods are of its template as it is now. */
function withUpdated(object: KubeObject): KubeObject {
  const { observedGeneration, updatedReplicas, updatedNumberScheduled } = mapAt(object, 'status');
  return { ...withoutBulk(object), status: { observedGeneration, updatedReplicas, updatedNumberScheduled } };
}

/**
 * Keeps the conditions in the status of this project's objects: whether they were in force as written, and what was in force
 * before.
 */
function withConditions(object: KubeObject): KubeObject {
  const { conditions, lastGoodSpec } = mapAt(object, 'status');
  return { ...withoutBulk(object), status: { conditions, lastGoodSpec } };
}

/** Keeps only whether it has ended from a Pod's status. */
function withPhase(object: KubeObject): KubeObject {
  return { ...withoutBulk(object), status: { phase: mapAt(object, 'status').phase } };
}

/** The list of images makes up most of a node, and changes with every pull. */
function withoutImages(object: KubeObject): KubeObject {
  const { images: _, ...status } = mapAt(object, 'status');
  return { ...withoutBulk(object), status };
}

/** Keeps only which versions are served from those of a definition. */
function withoutSchemas(object: KubeObject): KubeObject {
  const spec = mapAt(object, 'spec');
  const versions = Array.isArray(spec.versions) ? spec.versions : [];
  const named = versions.map(({ name, served, storage }) => ({ name, served, storage }));
  return { ...withoutBulk(object), spec: { ...spec, versions: named } };
}

const mapAt = (object: KubeObject, key: string): Record<string, unknown> =>
  (object[key] ?? {}) as Record<string, unknown>;
