import { GUARD } from '../guard/names.ts';
import type { KubeObject } from '../kube/object.ts';
import type { ResourceName } from '../kube/resources.ts';
import { MODES } from '../pod/mode.ts';
import { API_VERSION, GROUP, type Kind } from '../source/group.ts';
import { isMap } from '../source/mapping.ts';
import { keptValue } from './annotations.ts';
import { POD, TEMPLATE } from './pod.ts';
import { ANY, as, fields, list, MAP, PRESENT, type Shape, WORDS } from './shape.ts';

/** One kind of object in a snapshot. */
export interface SavedKind {
  readonly resource: ResourceName;
  readonly apiVersion: string;
  readonly kind: string;
  readonly shape: Shape;
  /** Whether an object is saved; without it, all are. */
  readonly wanted?: (object: KubeObject) => boolean;
}

const NAMED = fields('name');
const OWNED = fields('', {
  metadata: fields('namespace name', { ownerReferences: list(fields('apiVersion kind name controller')) }),
});

const selector = fields('', {
  matchLabels: MAP,
  matchExpressions: list(fields('key operator', { values: WORDS })),
});

/** Whether there are any: how many makes no difference, and would be another with each step of a rollout. */
const some = as(number => (typeof number === 'number' ? Math.min(number, 1) : undefined));

const workload = (apiVersion: string, kind: string, resource: ResourceName, spec: Shape): SavedKind => ({
  resource,
  apiVersion,
  kind,
  shape: fields('', {
    metadata: fields('namespace name generation'),
    spec,
    status: fields('observedGeneration', { updatedReplicas: some, updatedNumberScheduled: some }),
  }),
});

const claims = list(fields('', { metadata: NAMED }));
const job = fields('completionMode manualSelector', { template: TEMPLATE });

/**
 * Policies, exemptions and profiles are the operator's own words, so they are kept, with the conditions that say whether they
 * were in force.
 */
const own = (kind: Kind, resource: ResourceName): SavedKind => ({
  resource,
  apiVersion: API_VERSION,
  kind,
  shape: fields('', {
    metadata: fields('namespace name generation'),
    spec: ANY,
    status: fields('lastGoodSpec', { conditions: list(fields('type status observedGeneration')) }),
  }),
});

/** Keeps from the webhooks and the guard which namespaces they are for. */
const registration = (
  kind: string,
  resource: ResourceName,
  wanted: NonNullable<SavedKind['wanted']>,
  more: Readonly<Record<string, Shape>>,
): SavedKind => ({
  resource,
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  shape: fields('', { metadata: fields('name generation'), ...more }),
  wanted,
});

const rules = list(
  fields('scope', { apiGroups: WORDS, apiVersions: WORDS, operations: WORDS, resources: WORDS }),
);
/** Keeps the mode at the end of where an entry sends its requests, which alone is read: some put a token there. */
const ending = (start: string): Shape =>
  as(value => {
    if (typeof value !== 'string') return undefined;
    const last = value.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
    return start + ((MODES as readonly string[]).includes(last) ? last : '');
  });

const webhooks = list(
  fields('name', {
    clientConfig: fields('', {
      url: ending('https://webhook.invalid/'),
      service: fields('namespace name', { path: ending('/') }),
    }),
    rules,
    namespaceSelector: selector,
    objectSelector: selector,
  }),
);

/** Whether a configuration has an entry of this project. */
const callsUs = ({ webhooks: entries }: KubeObject): boolean =>
  Array.isArray(entries) && entries.some(entry => isMap(entry) && String(entry.name).endsWith(`.${GROUP}`));
const isGuard = ({ metadata }: KubeObject): boolean => isMap(metadata) && metadata.name === GUARD;
const bindsGuard = ({ spec }: KubeObject): boolean => isMap(spec) && spec.policyName === GUARD;

/** Whether a Pod has ended, so that it does not run again, whatever is decided. */
const hasEnded = ({ status }: KubeObject): boolean =>
  isMap(status) && (status.phase === 'Succeeded' || status.phase === 'Failed');
const isControlled = ({ metadata }: KubeObject): boolean =>
  isMap(metadata) && Array.isArray(metadata.ownerReferences) && metadata.ownerReferences.length > 0;

/** The annotation that asks for sidecars in a whole Namespace. */
const LINKERD = 'linkerd.io/inject';

const quantities = fields('', { podFixed: MAP });
const tolerations = list(fields('key operator value effect tolerationSeconds'));
const features = fields('userNamespaces recursiveReadOnlyMounts');

/**
 * The kinds that are saved, in the order in which they are read and written. Namespaces come after the Pods: one that is
 * created in between is then known, and one that is deleted takes its Pods with it.
 */
export const SAVED_KINDS: readonly SavedKind[] = [
  { resource: 'pods', apiVersion: 'v1', kind: 'Pod', shape: POD, wanted: object => !hasEnded(object) },
  { resource: 'replicaSets', apiVersion: 'apps/v1', kind: 'ReplicaSet', shape: OWNED, wanted: isControlled },
  { resource: 'jobs', apiVersion: 'batch/v1', kind: 'Job', shape: OWNED, wanted: isControlled },
  workload('apps/v1', 'Deployment', 'deployments', fields('replicas', { template: TEMPLATE })),
  workload(
    'apps/v1',
    'StatefulSet',
    'statefulSets',
    fields('replicas serviceName', {
      ordinals: fields('start'),
      template: TEMPLATE,
      volumeClaimTemplates: claims,
    }),
  ),
  workload('apps/v1', 'DaemonSet', 'daemonSets', fields('', { template: TEMPLATE })),
  workload('batch/v1', 'CronJob', 'cronJobs', fields('suspend', { jobTemplate: fields('', { spec: job }) })),
  own('ClusterSandboxPolicy', 'clusterPolicies'),
  own('SandboxPolicy', 'policies'),
  own('SandboxExemption', 'exemptions'),
  own('SandboxProfile', 'profiles'),
  {
    resource: 'runtimeClasses',
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    shape: fields('handler', {
      metadata: NAMED,
      overhead: quantities,
      scheduling: fields('', { nodeSelector: MAP, tolerations }),
    }),
  },
  {
    resource: 'nodes',
    apiVersion: 'v1',
    kind: 'Node',
    shape: fields('', {
      metadata: fields('name', { labels: MAP }),
      spec: fields('unschedulable', { taints: list(fields('key value effect')) }),
      status: fields('', {
        conditions: list(fields('type status')),
        runtimeHandlers: list(fields('name', { features })),
      }),
    }),
  },
  {
    resource: 'namespaces',
    apiVersion: 'v1',
    kind: 'Namespace',
    shape: fields('', {
      metadata: fields('name', {
        labels: MAP,
        annotations: fields('', { [LINKERD]: as(value => keptValue(LINKERD, value)) }),
      }),
    }),
  },
  registration('MutatingWebhookConfiguration', 'mutating', callsUs, { webhooks }),
  registration('ValidatingWebhookConfiguration', 'validating', callsUs, { webhooks }),
  registration('ValidatingAdmissionPolicy', 'admissionPolicies', isGuard, {
    spec: fields('failurePolicy', { validations: list(PRESENT) }),
    status: fields('observedGeneration', {
      typeChecking: fields('', { expressionWarnings: list(PRESENT) }),
    }),
  }),
  registration('ValidatingAdmissionPolicyBinding', 'admissionBindings', bindsGuard, {
    spec: fields('policyName', {
      validationActions: WORDS,
      matchResources: fields('', {
        namespaceSelector: selector,
        objectSelector: selector,
        resourceRules: list(PRESENT),
        excludeResourceRules: list(PRESENT),
      }),
    }),
  }),
];
