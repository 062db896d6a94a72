import type { PodView } from '../pod/view.ts';
import type { Occurrence } from '../pod/visit.ts';

/** A change of one field of a Pod, by its path from the Pod's root. A list or map that becomes empty is removed, too. */
export type Edit =
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'replace'; readonly path: string; readonly value: string };

/** The edits that remove one finding, all of which are needed; undefined where a person has to decide what takes its place. */
export type Mend = (hit: Occurrence, pod: PodView) => readonly Edit[] | undefined;

export const remove = (path: string): Edit => ({ op: 'remove', path });

/** Removes the field, the annotation or the item that was found. */
export const removing: Mend = ({ path }) => [remove(path)];

/** Removes what holds the field that was found: an item of a list, or a profile. */
export const removingHolder: Mend = ({ path }) => [remove(holderOf(path))];

/** `spec.securityContext.sysctls[0].name` → `spec.securityContext.sysctls[0]` */
export const holderOf = (path: string): string => path.slice(0, path.lastIndexOf('.'));

/** Removes the volume and every mount of it, without which a Pod is not valid. */
export const removingVolume: Mend = ({ path }, { containers, volumes }) => {
  const volume = volumes.find(one => path.startsWith(`${one.path}.`));
  if (!volume) return undefined;
  const mounts = containers.flatMap(({ spec, path: at }) =>
    MOUNTS.flatMap(field =>
      (spec[field] ?? []).flatMap(({ name }, i) =>
        name === volume.name ? [remove(`${at}.${field}[${i}]`)] : [],
      ),
    ),
  );
  return [remove(volume.path), ...mounts];
};

const MOUNTS = ['volumeMounts', 'volumeDevices'] as const;
