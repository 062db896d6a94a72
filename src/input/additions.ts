import { isMap, type Mapping } from '../source/mapping.ts';
import { valueAt } from '../source/path.ts';
import { groupKindOf } from './known.ts';
import type { Named } from './pod-of.ts';

/** What the controller of a built-in kind adds to its Pods. `0` stands for a value that is not known beforehand. */
export interface Additions {
  /** The Pod's controller. */
  readonly controller: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  /** The name of the Pod; left out where the API server generates one. */
  readonly name?: string;
  readonly generateName: string;
  readonly hostname?: string;
  readonly subdomain?: string;
  readonly tolerations?: readonly object[];
  /** Variables for each container that has none with that name. */
  readonly env?: readonly { readonly name: string; readonly valueFrom: object }[];
}

/** What the controller adds; undefined for other kinds, about which nothing is known. */
export function additionsOf(object: Mapping, { name }: Named): Additions | undefined {
  switch (groupKindOf(object)) {
    case 'apps/Deployment':
      // pkg/controller/deployment/sync.go
      return { ...by('apps/v1', 'ReplicaSet', `${name}-0`), labels: { 'pod-template-hash': '0' } };
    case 'apps/ReplicaSet':
      return by('apps/v1', 'ReplicaSet', name);
    case '/ReplicationController':
      return by('v1', 'ReplicationController', name);
    case 'apps/StatefulSet':
      return ofStatefulSet(name, object.spec);
    case 'apps/DaemonSet':
      return {
        ...by('apps/v1', 'DaemonSet', name),
        labels: { 'controller-revision-hash': '0', 'pod-template-generation': '1' },
        tolerations: daemonTolerations(object),
      };
    case 'batch/Job':
      return ofJob(name, object.spec);
    case 'batch/CronJob':
      return ofJob(`${name}-0`, valueAt(object, ['spec', 'jobTemplate', 'spec']));
    default:
      return undefined;
  }
}

/** pkg/controller/controller_utils.go, `GetPodFromTemplate` */
const by = (apiVersion: string, kind: string, name: string): Additions => ({
  controller: { apiVersion, kind, name },
  generateName: `${name}-`,
});

/** pkg/controller/statefulset/stateful_set_utils.go: what it adds to the first Pod. */
function ofStatefulSet(name: string, spec: unknown): Additions {
  const { serviceName, ordinals }: Mapping = isMap(spec) ? spec : {};
  const index = String(valueAt(ordinals, ['start']) ?? 0);
  const own = `${name}-${index}`;
  return {
    ...by('apps/v1', 'StatefulSet', name),
    name: own,
    hostname: own,
    ...(typeof serviceName === 'string' && { subdomain: serviceName }),
    labels: {
      'controller-revision-hash': '0',
      'statefulset.kubernetes.io/pod-name': own,
      'apps.kubernetes.io/pod-index': index,
    },
  };
}

const INDEX = 'batch.kubernetes.io/job-completion-index';

/** pkg/apis/batch/v1/defaults.go and pkg/controller/job: a Job that generates its selector also has generated labels. */
function ofJob(name: string, spec: unknown): Additions {
  const { manualSelector = false, completionMode }: Mapping = isMap(spec) ? spec : {};
  const job = {
    ...by('batch/v1', 'Job', name),
    finalizers: ['batch.kubernetes.io/job-tracking'],
    labels: manualSelector === true ? {} : labelsOfJob(name),
  };
  if (completionMode !== 'Indexed') return job;
  return {
    ...job,
    generateName: `${name}-0-`,
    hostname: `${name}-0`,
    labels: { ...job.labels, [INDEX]: '0' },
    annotations: { [INDEX]: '0' },
    env: [
      { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } } },
    ],
  };
}

const labelsOfJob = (name: string) => ({
  'batch.kubernetes.io/job-name': name,
  'batch.kubernetes.io/controller-uid': '0',
  'job-name': name,
  'controller-uid': '0',
});

/** pkg/controller/daemon/util/daemonset_util.go, `AddOrUpdateDaemonPodTolerations`. */
function daemonTolerations(object: Mapping): readonly object[] {
  const isOfHost = valueAt(object, ['spec', 'template', 'spec', 'hostNetwork']) === true;
  return [
    ...['not-ready', 'unreachable'].map(taint => tolerating(taint, 'NoExecute')),
    ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map(taint =>
      tolerating(taint, 'NoSchedule'),
    ),
    ...(isOfHost ? [tolerating('network-unavailable', 'NoSchedule')] : []),
  ];
}

const tolerating = (taint: string, effect: string): object => ({
  key: `node.kubernetes.io/${taint}`,
  operator: 'Exists',
  effect,
});
