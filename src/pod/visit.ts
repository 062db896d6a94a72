import type { SecurityContext } from './kube.ts';
import type { ContainerView, PodView, VolumeView } from './view.ts';

interface Found {
  readonly path: string;
  readonly value?: string | number | boolean;
  readonly container?: string;
}
/** What a visitor answers for one place: nothing, one occurrence, or several. */
type Answer = Found | readonly Found[] | undefined;

const NOTHING: readonly never[] = Object.freeze([]);

/** The one loop over containers: init, sidecar, regular and ephemeral. The container's name is filled in. */
export function eachContainer(pod: PodView, look: (container: ContainerView) => Answer): readonly Found[] {
  let hits: Found[] | undefined;
  for (const container of pod.containers) {
    const answer = look(container);
    if (!answer) continue;
    hits ??= [];
    for (const hit of Array.isArray(answer) ? answer : [answer as Found]) {
      hits.push({ ...hit, container: container.name });
    }
  }
  return hits ?? NOTHING;
}

/**
 * Every securityContext as written: the Pod's, then each container's. For settings that are wrong wherever they stand,
 * also where a container overrides them (as Pod Security Admission judges them).
 */
export function eachSecurityContext(
  pod: PodView,
  look: (context: SecurityContext, path: string, container: ContainerView | undefined) => Answer,
): readonly Found[] {
  let hits: Found[] | undefined;
  const podLevel = pod.spec.securityContext;
  if (podLevel) {
    const answer = look(podLevel as SecurityContext, 'spec.securityContext', undefined);
    if (answer) hits = Array.isArray(answer) ? [...answer] : [answer as Found];
  }
  const own = eachContainer(pod, container =>
    container.spec.securityContext
      ? look(container.own, `${container.path}.securityContext`, container)
      : undefined,
  );
  if (!hits) return own;
  hits.push(...own);
  return hits;
}

/** Every volume, with the implied token volume. */
export function eachVolume(pod: PodView, look: (volume: VolumeView) => Answer): readonly Found[] {
  let hits: Found[] | undefined;
  for (const volume of pod.volumes) {
    const answer = look(volume);
    if (!answer) continue;
    hits ??= [];
    if (Array.isArray(answer)) hits.push(...answer);
    else hits.push(answer as Found);
  }
  return hits ?? NOTHING;
}
