import type { SecurityContext } from './kube.ts';
import type { ContainerView, PodView, VolumeView } from './view.ts';

/** One occurrence: where, and what was found there. Never an environment value or a secret. */
export interface Occurrence {
  /** Field path from the Pod's root, such as `spec.containers[0].securityContext.privileged`. */
  readonly path: string;
  /** The offending value, where it is short and says something. */
  readonly value?: string | number | boolean;
  /** The value as the author wrote it, where it is another spelling. */
  readonly written?: string;
  /** Name of the container it belongs to; absent for a finding of the whole Pod. */
  readonly container?: string;
}

/** What a visitor answers for one place: nothing, one occurrence, or several. */
export type Occurrences = Occurrence | readonly Occurrence[] | undefined;

/** Shared by all that find nothing, so that the common case allocates nothing. */
export const NOTHING: readonly never[] = Object.freeze([]);

/** The one loop over containers: init, sidecar, regular and ephemeral. The container's name is filled in. */
export function eachContainer(
  pod: PodView,
  look: (container: ContainerView, pod: PodView) => Occurrences,
): readonly Occurrence[] {
  let hits: Occurrence[] | undefined;
  for (const container of pod.containers) {
    const answer = look(container, pod);
    if (!answer) continue;
    hits = add(hits, answer, container.name);
  }
  return hits ?? NOTHING;
}

/**
 * Every securityContext as written: the Pod's, then each container's. For settings that are wrong wherever they stand,
 * also where a container overrides them (as Pod Security Admission judges them). `path` is its owner's:
 * `spec` or `spec.containers[0]`.
 */
export function eachSecurityContext(
  pod: PodView,
  look: (context: SecurityContext, path: string) => Occurrences,
): readonly Occurrence[] {
  let hits: Occurrence[] | undefined;
  const podLevel = pod.spec.securityContext;
  if (podLevel) {
    const answer = look(podLevel as SecurityContext, 'spec');
    if (answer) hits = add(hits, answer, undefined);
  }
  for (const container of pod.containers) {
    if (!container.spec.securityContext) continue;
    const answer = look(container.own, container.path);
    if (answer) hits = add(hits, answer, container.name);
  }
  return hits ?? NOTHING;
}

/** Every volume, with the implied token volume. */
export function eachVolume(
  pod: PodView,
  look: (volume: VolumeView, pod: PodView) => Occurrences,
): readonly Occurrence[] {
  let hits: Occurrence[] | undefined;
  for (const volume of pod.volumes) {
    const answer = look(volume, pod);
    if (answer) hits = add(hits, answer, undefined);
  }
  return hits ?? NOTHING;
}

/** Every annotation. */
export function eachAnnotation(
  pod: PodView,
  look: (key: string, value: string) => Occurrences,
): readonly Occurrence[] {
  let hits: Occurrence[] | undefined;
  for (const key in pod.annotations) {
    const answer = look(key, pod.annotations[key] ?? '');
    if (answer) hits = add(hits, answer, undefined);
  }
  return hits ?? NOTHING;
}

function add(
  hits: Occurrence[] | undefined,
  answer: Occurrence | readonly Occurrence[],
  container: string | undefined,
): Occurrence[] {
  const into = hits ?? [];
  for (const hit of Array.isArray(answer) ? (answer as readonly Occurrence[]) : [answer as Occurrence]) {
    into.push(container === undefined ? hit : { ...hit, container });
  }
  return into;
}
