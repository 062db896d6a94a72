import { isMap, type Mapping } from '../source/mapping.ts';
import { valueAt } from '../source/path.ts';
import type { Named } from './pod-of.ts';

/** What the controller of a built-in kind adds to its Pods. A value that nobody knows beforehand is `0`. */
export interface Additions {
  /** The Pod's controller. */
  readonly controller: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly labels: Readonly<Record<string, string>>;
  readonly tolerations?: readonly object[];
}

/** Undefined for other kinds, of which nothing is known. */
export function additionsOf(object: Mapping, { name }: Named): Additions | undefined {
  switch (`${object.apiVersion}/${object.kind}`) {
    case 'apps/v1/Deployment':
      // pkg/controller/deployment/sync.go
      return { controller: by('apps/v1', 'ReplicaSet', `${name}-0`), labels: { 'pod-template-hash': '0' } };
    case 'apps/v1/ReplicaSet':
      return { controller: by('apps/v1', 'ReplicaSet', name), labels: {} };
    case 'v1/ReplicationController':
      return { controller: by('v1', 'ReplicationController', name), labels: {} };
    case 'apps/v1/StatefulSet':
      return { controller: by('apps/v1', 'StatefulSet', name), labels: labelsOfStatefulSet(name) };
    case 'apps/v1/DaemonSet':
      return {
        controller: by('apps/v1', 'DaemonSet', name),
        labels: { 'controller-revision-hash': '0', 'pod-template-generation': '1' },
        tolerations: daemonTolerations(object),
      };
    case 'batch/v1/Job':
      return { controller: by('batch/v1', 'Job', name), labels: labelsOfJob(name, object.spec) };
    case 'batch/v1/CronJob': {
      const job = `${name}-0`;
      const spec = valueAt(object, ['spec', 'jobTemplate', 'spec']);
      return { controller: by('batch/v1', 'Job', job), labels: labelsOfJob(job, spec) };
    }
    default:
      return undefined;
  }
}

const by = (apiVersion: string, kind: string, name: string): Additions['controller'] => ({
  apiVersion,
  kind,
  name,
});

/** pkg/controller/statefulset/stateful_set_utils.go: of the first Pod. */
const labelsOfStatefulSet = (name: string) => ({
  'controller-revision-hash': '0',
  'statefulset.kubernetes.io/pod-name': `${name}-0`,
  'apps.kubernetes.io/pod-index': '0',
});

/** pkg/apis/batch/v1/defaults.go and pkg/controller/job/job_controller.go; a Job that selects by itself has its own. */
function labelsOfJob(name: string, spec: unknown): Additions['labels'] {
  const { manualSelector = false, completionMode }: Mapping = isMap(spec) ? spec : {};
  return {
    ...(manualSelector !== true && {
      'batch.kubernetes.io/job-name': name,
      'batch.kubernetes.io/controller-uid': '0',
      'job-name': name,
      'controller-uid': '0',
    }),
    ...(completionMode === 'Indexed' && { 'batch.kubernetes.io/job-completion-index': '0' }),
  };
}

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
