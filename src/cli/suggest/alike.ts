import type { NodeFeature } from '../../cluster/view.ts';
import type { Ground } from '../../decision/ground.ts';
import { anyCanTake, nodesAskedFor } from '../../decision/land.ts';
import { policiesFor } from '../../decision/require.ts';
import { schedulingOf, withoutClass } from '../../decision/schedule.ts';
import { waive } from '../../decision/waive.ts';
import type { RunningPod } from '../../input/cluster.ts';
import { type PodView, viewPod } from '../../pod/view.ts';
import { inspect } from '../../signals/index.ts';
import { POD } from '../../snapshot/pod.ts';
import { reduced } from '../../snapshot/shape.ts';
import { isMap, type Mapping } from '../../source/mapping.ts';

/**
 * Pods of one owner that are decided alike, whatever else is exempt: replicas. Pods count as alike if they only differ in what
 * controllers and the API server generate, unless a policy, an exemption or a node depends on that. They are sorted by
 * namespace and owner.
 */
export function alikeAmong(
  pods: readonly RunningPod[],
  ground: Ground,
  now: number,
): readonly (readonly RunningPod[])[] {
  const withClaims = claimsCount(ground);
  const byForm = Map.groupBy(pods, pod => formOf(pod, withClaims));
  return [...byForm]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, some]) =>
      some.length === 1 ? [some] : [...Map.groupBy(some, pod => fateOf(pod, ground, now)).values()],
    );
}

/** Whether a draft may name the claims that it waives, as one of the classes exposes the host's file system through them. */
const claimsCount = ({ snapshot: { profiles }, view }: Ground): boolean =>
  view.runtimeClasses().some(({ handler }) => {
    const support = profiles.forHandler(handler).signals.get('persistentVolumeClaim')?.support;
    return support === undefined || support === 'exposed';
  });

/*
Labels that say which replica a Pod is, or which version of its template it was made from. Kubernetes sets them:
https://kubernetes.io/docs/reference/labels-annotations-taints/
*/
const MADE_UP: ReadonlySet<string> = new Set([
  'apps.kubernetes.io/pod-index',
  'statefulset.kubernetes.io/pod-name',
  'batch.kubernetes.io/job-completion-index',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
  'controller-uid',
  'job-name',
  'controller-revision-hash',
  'pod-template-generation',
  'pod-template-hash',
]);

/** What a decision reads of a Pod, without its name and generated parts, as a text. */
function formOf({ namespace, owner, mirror, isWritten, pod, name }: RunningPod, withClaims: boolean): string {
  const { metadata = {}, spec = {} } = reduced(pod, POD) as Partial<Record<'metadata' | 'spec', Mapping>>;
  const token = tokenIn(spec.volumes);
  return JSON.stringify([
    [namespace, owner.kind, owner.name, mirror, isWritten],
    withoutMadeUp(metadata.labels),
    withoutMadeUp(metadata.annotations),
    mapped(spec, (value, key) => {
      if (key === 'affinity') return untied(value);
      if (CONTAINERS.has(key))
        return maps(value).map(one => ({ ...one, volumeMounts: renamed(one.volumeMounts, token) }));
      if (key !== 'volumes') return value;
      const volumes = renamed(value, token);
      return withClaims ? volumes : volumes.map(volume => withoutOrdinal(volume, name));
    }),
  ]);
}

const withoutMadeUp = (map: unknown): Mapping =>
  mapped(isMap(map) ? map : {}, (value, key) => (MADE_UP.has(key) ? '' : value));

const CONTAINERS: ReadonlySet<string> = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** The name of the token's volume has a random end (plugin/pkg/admission/serviceaccount, `names.SimpleNameGenerator`). */
const TOKEN = /^kube-api-access-[a-z0-9]{5}$/;
/** A name that no volume can have. */
const ANY_TOKEN = 'kube-api-access-*';

/** The generated name; if several volumes have such names, an author wrote them, and all are kept. */
function tokenIn(volumes: unknown): string | undefined {
  const names = maps(volumes).flatMap(({ name }) => (TOKEN.test(String(name)) ? [String(name)] : []));
  return names.length === 1 ? names[0] : undefined;
}

const renamed = (list: unknown, token: string | undefined): readonly Mapping[] =>
  maps(list).map(one => (one.name === token ? { ...one, name: ANY_TOKEN } : one));

/** The name of a StatefulSet's claim contains those of its template and its Pod. */
function withoutOrdinal(volume: Mapping, podName: string): Mapping {
  const { persistentVolumeClaim: claim } = volume;
  if (!isMap(claim) || !String(claim.claimName).endsWith(`-${podName}`)) return volume;
  const claimName = `${String(claim.claimName).slice(0, -podName.length)}*`;
  return { ...volume, persistentVolumeClaim: { ...claim, claimName } };
}

/** Removes the node to which a DaemonSet's Pod is tied in each term of the affinity; its effect is a part of the fate. */
function untied(affinity: unknown): unknown {
  return JSON.parse(
    JSON.stringify(affinity, (key, value) =>
      key === 'matchFields' ? maps(value).map(({ key: field, operator }) => ({ field, operator })) : value,
    ) ?? 'null',
  );
}

const maps = (list: unknown): readonly Mapping[] => (Array.isArray(list) ? list.filter(isMap) : []);

const mapped = (map: Mapping, change: (value: unknown, key: string) => unknown): Mapping =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));

/** What else is asked about a Pod of that form: what selects it, what rules say about it, and which classes have a node for it. */
function fateOf({ pod, namespace }: RunningPod, ground: Ground, now: number): string {
  const { snapshot, view } = ground;
  const facts = view.namespace(namespace);
  const seen = viewPod(pod, namespace, facts?.labels);
  const policies = policiesFor(snapshot, seen, facts).map(policy => [
    policy.name,
    policy.namespace ?? '',
    policy.labels.map(({ key }) => seen.labels[key] ?? null),
    policy.rules.map(rule => rule.evaluate(seen, facts)),
  ]);
  const { findings } = waive(inspect(seen), seen, snapshot.exemptions, now);
  return JSON.stringify([policies, findings.map(({ waivedBy }) => waivedBy ?? ''), nodesFor(seen, ground)]);
}

const FEATURES: readonly (readonly NodeFeature[])[] = [
  [],
  ['userNamespaces'],
  ['recursiveReadOnlyMounts'],
  ['userNamespaces', 'recursiveReadOnlyMounts'],
];

/** The classes with a node that can take the Pod, by what it asks of nodes. */
function nodesFor({ spec }: PodView, { view }: Ground): readonly string[] {
  const nodes = view.nodes();
  if (!nodes) return [];
  const scheduling = schedulingOf(spec);
  const own = view.runtimeClass(spec.runtimeClassName ?? '');
  // The entries of an injected class are removed where another class replaces it.
  return [scheduling, ...(own ? [withoutClass(scheduling, own)] : [])].flatMap(one => {
    const asked = nodesAskedFor(nodes, one);
    return view
      .runtimeClasses()
      .map(facts => FEATURES.map(of => Number(anyCanTake(nodes, one, facts, of, asked))).join(''));
  });
}
