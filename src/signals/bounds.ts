import type { Container, Pod, PodSpec, Volume } from '../pod/kube.ts';
import type { Cel } from './cel.ts';

/*
How much of each kind a Pod may have. No Pod that anybody runs comes near. The bounds limit what it costs to judge a Pod:
in the guard that cost falls to the API server, for every request and every status patch of a stored Pod, and ten thousand
annotations are cheap to send. Everything that a guard loops over has its bound here, and a rule of a policy is in the
guard only where it loops over nothing else.

Each bound is at least ten times the largest number found among 5,099 different Pods and Pod templates in the manifests of
kubeflow/manifests, prometheus-operator/kube-prometheus, projectcalico/calico, kubernetes/examples, kubernetes/test-infra,
argoproj/argo-cd, rook/rook, istio/istio, antrea-io/antrea, longhorn/longhorn, openshift/hypershift, knative/serving,
tektoncd/operator, kubernetes-sigs/kubespray and GoogleCloudPlatform/microservices-demo (July 2026). Live Pods carry more
annotations than manifests do, and pipelines make a container of each of their steps; the bounds leave room for both.
*/
export interface Bound {
  /** A stable, unique name in camelCase. */
  readonly id: string;
  /** What is counted, in the plural: `annotations`. */
  readonly what: string;
  readonly most: number;
  /** The largest number among the Pods above. */
  readonly largest: number;
  readonly count: (pod: Pod) => number;
  /** CEL that counts the same. Lists are asked for their size and strings for their length, so nothing is read or made. */
  readonly countAt: (pod: CountedPod) => Cel;
  /**
   * The id of the bound on the list that `countAt` loops over; undefined where it only asks for the size of one. What was sent
   * is not bounded yet when it is counted, and each step of a loop in CEL takes longer the longer the loop is. So that bound is
   * checked first, and where it does not hold, there is no loop.
   */
  readonly loopsOver?: 'containers' | 'volumes';
  /** The paths of a Pod's lists and maps that this bound keeps to `most` entries: `object.spec.containers[].ports`. */
  readonly lists: readonly string[];
  /** True where only rules of policies loop over them: without such a rule, the guard does not count them. */
  readonly ofRules?: true;
  /** Whether it counts something that a Binding has, too, and that a write of the status may change. */
  readonly ofMetadata: boolean;
}

/** The names in CEL of what the guard counts. */
export interface CountedPod {
  /** `object` or `oldObject`. */
  readonly pod: Cel;
  /** The list of containers of every kind. */
  readonly containers: Cel;
}

/** A Pod has too many of something. */
export interface Excess {
  /** The id of the bound. */
  readonly bound: string;
  readonly what: string;
  readonly count: number;
  readonly most: number;
}

type Field = 'annotations' | 'labels';
const KINDS = ['containers', 'initContainers', 'ephemeralContainers'] as const;

/** A bound on a map of the metadata. */
const ofMetadata = (field: Field) => ({
  count: (pod: Pod) => Object.keys(pod.metadata?.[field] ?? {}).length,
  countAt: ({ pod }: CountedPod) => `size(${pod}.metadata.?${field}.orValue({}))`,
  lists: [`object.metadata.${field}`],
  ofMetadata: true,
});

/** A bound on the Pod's spec. @param lists below `object.spec` */
const ofSpec = (
  count: (spec: PodSpec) => number,
  countAt: (pod: CountedPod) => Cel,
  lists: readonly string[] = [],
) => ({
  count: ({ spec }: Pod) => (spec ? count(spec) : 0),
  countAt,
  lists: lists.map(list => `object.spec.${list}`),
  ofMetadata: false,
});

/** A sum over containers of every kind; `own` is the CEL over the container `c`, and `lists` are fields of it. */
const ofContainers = (count: (container: Container) => number, own: Cel, lists: readonly string[]) => ({
  ...ofSpec(
    spec => sumOver(spec, count),
    ({ containers }) => `${containers}.map(c, ${own}).sum()`,
    KINDS.flatMap(kind => lists.map(list => `${kind}[].${list}`)),
  ),
  loopsOver: 'containers' as const,
});

/** A count over volumes; `own` is the CEL over the list of them. */
const ofVolumes = (count: (volumes: readonly Volume[]) => number, own: (volumes: Cel) => Cel) => ({
  ...ofSpec(
    ({ volumes }) => count(volumes ?? []),
    ({ pod }) => own(`${pod}.spec.?volumes.orValue([])`),
  ),
  loopsOver: 'volumes' as const,
});

const LAUNCH = ['env', 'envFrom', 'args', 'command'] as const;

const sizeOf = (list: readonly unknown[] | null | undefined): number => list?.length ?? 0;
/** This runs several times for every Pod that comes in, so it makes no list. */
function sumOver(spec: PodSpec, count: (container: Container) => number): number {
  let sum = 0;
  for (const kind of KINDS) {
    for (const container of spec[kind] ?? []) sum += count(container as Container);
  }
  return sum;
}
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
/** The number of Unicode characters, as CEL counts them: JavaScript counts those beyond the first 65,536 twice. */
const characters = (text: string): number => text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ' ').length;

/** The bounds that only ask for a size come first, and each one with a loop comes after the bound on what it loops over. */
export const BOUNDS: readonly Bound[] = [
  { id: 'annotations', what: 'annotations', most: 250, largest: 13, ...ofMetadata('annotations') },
  { id: 'labels', what: 'labels', most: 250, largest: 18, ...ofMetadata('labels') },
  {
    id: 'containers',
    what: 'containers',
    most: 250,
    largest: 10,
    ...ofSpec(
      spec => sumOver(spec, () => 1),
      ({ containers }) => `size(${containers})`,
      KINDS,
    ),
  },
  {
    id: 'volumes',
    what: 'volumes',
    most: 500,
    largest: 38,
    ...ofSpec(
      spec => sizeOf(spec.volumes),
      ({ pod }) => `size(${pod}.spec.?volumes.orValue([]))`,
      ['volumes'],
    ),
  },
  {
    id: 'sysctls',
    what: 'sysctls',
    most: 250,
    largest: 1,
    ...ofSpec(
      spec => sizeOf(spec.securityContext?.sysctls),
      ({ pod }) => `size(${pod}.spec.?securityContext.?sysctls.orValue([]))`,
      ['securityContext.sysctls'],
    ),
  },
  {
    id: 'capabilities',
    what: 'added capabilities',
    most: 250,
    largest: 22,
    ...ofContainers(
      container => sizeOf(container.securityContext?.capabilities?.add),
      'size(c.?securityContext.?capabilities.?add.orValue([]))',
      ['securityContext.capabilities.add'],
    ),
  },
  {
    id: 'ports',
    what: 'ports',
    most: 1000,
    largest: 6,
    ...ofContainers(container => sizeOf(container.ports), 'size(c.?ports.orValue([]))', ['ports']),
  },
  {
    id: 'volumeMounts',
    what: 'volumeMounts',
    most: 1000,
    largest: 41,
    ...ofContainers(container => sizeOf(container.volumeMounts), 'size(c.?volumeMounts.orValue([]))', [
      'volumeMounts',
    ]),
  },
  {
    id: 'launch',
    what: 'environment variables and arguments',
    most: 2500,
    largest: 142,
    ofRules: true,
    ...ofContainers(
      ({ env, envFrom, args, command }) => sizeOf(env) + sizeOf(envFrom) + sizeOf(args) + sizeOf(command),
      LAUNCH.map(field => `size(c.?${field}.orValue([]))`).join(' + '),
      LAUNCH,
    ),
  },
  {
    id: 'hostPaths',
    what: 'hostPaths',
    most: 150,
    largest: 14,
    ...ofVolumes(
      volumes => volumes.filter(volume => volume.hostPath).length,
      volumes => `size(${volumes}.filter(v, has(v.hostPath)))`,
    ),
  },
  {
    id: 'hostPathCharacters',
    what: 'characters in its hostPaths',
    most: 2048,
    largest: 194,
    ...ofVolumes(
      volumes => sum(volumes.map(({ hostPath }) => (hostPath?.path ? characters(hostPath.path) : 0))),
      volumes => `${volumes}.map(v, size(v.?hostPath.?path.orValue(''))).sum()`,
    ),
  },
];

/** @throws where there is no bound with that id: a guard must not be made without it */
export function boundOn(id: string): Bound {
  const bound = BOUNDS.find(one => one.id === id);
  if (!bound) throw new Error(`there is no bound on ${id}`);
  return bound;
}

/**
 * What a request adds beyond the bounds. For an update, only what has grown counts; otherwise a Pod that was stored before
 * there were bounds could lose neither a label nor a finalizer.
 *
 * @param stored the Pod before an update; without one, all of it is new
 */
export function excessOf(pod: Pod, stored: Pod | undefined): readonly Excess[] {
  const beyond = BOUNDS.filter(({ count, most }) => count(pod) > most);
  return beyond.flatMap(({ id, what, count, most }) => {
    const now = count(pod);
    if (stored !== undefined && now <= count(stored)) return [];
    return [{ bound: id, what, count: now, most }];
  });
}

/** Whether a Pod is beyond any bound, whoever let it in. */
export const isBeyondBounds = (pod: Pod): boolean => BOUNDS.some(({ count, most }) => count(pod) > most);
