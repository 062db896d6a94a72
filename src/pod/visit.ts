import type { SecurityContext } from './kube.ts';
import type { ContainerView, PodView, VolumeView } from './view.ts';

/** One occurrence: where it is, and what was found there. It never holds an environment value or a secret. */
export interface Occurrence {
  /** The field path from the Pod's root, such as `spec.containers[0].securityContext.privileged`. */
  readonly path: string;
  /** The offending value, where it is short and informative. */
  readonly value?: string | number | boolean;
  /** The value as the author wrote it, where the spelling differs. */
  readonly written?: string;
  /** The name of its container; absent for a finding about the whole Pod. */
  readonly container?: string;
}

/** The answer of a visitor for one place: nothing, one occurrence, or several. */
export type Occurrences = Occurrence | readonly Occurrence[] | undefined;

/** Shared by all visitors that find nothing, so that the common case allocates nothing. */
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
 * Every securityContext as written: the Pod's, then each container's. It is for settings that are wrong wherever they are, even
 * where a container overrides them (as Pod Security Admission judges them). `path` is that of its owner: `spec` or
 * `spec.containers[0]`.
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
