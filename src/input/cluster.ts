import { documentOf } from '../kube/document.ts';
import { MIRROR_ANNOTATION } from '../pod/annotations.ts';
import { problemSentence, readPod } from '../pod/read.ts';
import type { Problem } from '../source/document.ts';
import { isMap, type Mapping } from '../source/mapping.ts';
import { attempt } from './attempt.ts';
import { type Controllers, controllerOf, type TopOwner, topOwner } from './owner.ts';
import { type PodSubject, readSubjects } from './subjects.ts';

/** A Pod of a cluster, or the template of a workload, to be judged as if its owner created it again. */
export interface RunningPod extends PodSubject {
  readonly owner: TopOwner;
  /** True if a kubelet made it from a file on its node, so that admission cannot refuse it. */
  readonly mirror: boolean;
  /** Set on a workload that has Pods, none of which was made of its template as it is now. */
  readonly isNext?: true;
}

/** What may run in a cluster: its Pods, workloads that have none now, and those whose template is ahead of their Pods. */
export interface Running extends RunningPods {
  readonly idle: readonly RunningPod[];
  readonly next: readonly RunningPod[];
}

export interface RunningPods {
  readonly pods: readonly RunningPod[];
  /** How many Pods have ended, and so do not run again, whatever is decided. */
  readonly finished: number;
  readonly problems: readonly Problem[];
}

/** Pods as `GET /api/v1/pods` lists them. */
export function readRunningPods(objects: readonly Mapping[], controllers: Controllers): RunningPods {
  const pods: RunningPod[] = [];
  const problems: Problem[] = [];
  let finished = 0;
  for (const object of objects) {
    if (hasEnded(object)) {
      finished++;
      continue;
    }
    const attempted = attempt(documentOf(object).position, () => readOne(object, controllers));
    const read = 'done' in attempted ? attempted.done : attempted;
    if ('problem' in read) problems.push(read.problem);
    else pods.push(read);
  }
  return { pods, finished, problems };
}

/** The same for all Pods of one workload, and for the workload, which is its own owner. */
export const ownerKey = ({ namespace, owner }: RunningPod): string =>
  `${namespace}/${owner.kind}/${owner.name}`;

/** Workloads by their templates. */
interface Workloads {
  /** Those without a Pod: a CronJob between its runs, a Deployment scaled to zero. */
  readonly idle: readonly RunningPod[];
  readonly busy: readonly RunningPod[];
  readonly problems: readonly Problem[];
}

/** @param objects Deployments, StatefulSets, DaemonSets, CronJobs */
export function readWorkloads(objects: readonly Mapping[], pods: readonly RunningPod[]): Workloads {
  const owners = new Set(pods.map(ownerKey));
  const { subjects, problems } = readSubjects(objects.map(documentOf), 'default');
  const all = subjects.map(subject => {
    const { apiVersion, kind, name } = subject;
    return { ...subject, owner: { apiVersion, kind, name }, mirror: false };
  });
  const isBusy = (one: RunningPod): boolean => owners.has(ownerKey(one));
  return { idle: all.filter(one => !isBusy(one)), busy: all.filter(isBusy), problems };
}

const hasEnded = ({ status }: Mapping): boolean =>
  isMap(status) && (status.phase === 'Succeeded' || status.phase === 'Failed');

function readOne(object: Mapping, controllers: Controllers): RunningPod | { readonly problem: Problem } {
  const metadata = isMap(object.metadata) ? object.metadata : {};
  const [namespace, name] = [String(metadata.namespace), String(metadata.name)];
  const mirror = isMirror(object, metadata);
  const made = asMade(object);
  const document = documentOf(made);
  const read = readPod(made);
  if ('problem' in read) {
    const { path } = read.problem;
    const message = problemSentence(read.problem);
    return { problem: { severity: 'error', position: document.position, path, message } };
  }
  const self = { apiVersion: 'v1', kind: 'Pod', name };
  const owner = mirror ? self : (topOwner(object, namespace, controllers) ?? self);
  const { position: source } = document;
  return {
    ...self,
    document,
    source,
    namespace,
    pod: read.pod,
    pathOf,
    isFragment: false,
    isWritten: false,
    owner,
    mirror,
  };
}

const pathOf = (podField: string): string => podField;

/** The object without its status and the node that the scheduler chose, as the next one like it may go elsewhere. */
function asMade({ apiVersion, kind, metadata, spec }: Mapping): Mapping {
  const { nodeName: _, ...rest } = isMap(spec) ? spec : {};
  return { apiVersion, kind, metadata, spec: rest };
}

/**
 * Whether a kubelet made it. The annotation and the owner could be forged; the webhook only believes the kubelet's own
 * credentials, which are not recorded. A report that is wrong about a forged one admits nothing.
 */
function isMirror(object: Mapping, { annotations }: Mapping): boolean {
  const annotated = isMap(annotations) && Object.hasOwn(annotations, MIRROR_ANNOTATION);
  return annotated && controllerOf(object)?.kind === 'Node';
}

/** The groups of whoever would create the Pod again. */
export const groupsOf = ({ mirror }: RunningPod): readonly string[] => (mirror ? ['system:nodes'] : []);
