import type { PodView } from '../pod/view.ts';
import type { Occurrence } from '../pod/visit.ts';

/** A change of one field of a Pod, by its field path from the Pod's root. A list or map that becomes empty goes, too. */
export type Edit =
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'replace'; readonly path: string; readonly value: string };

/** What takes away one finding, all of it together; undefined where a person has to decide what takes its place. */
export type Mend = (hit: Occurrence, pod: PodView) => readonly Edit[] | undefined;

export const remove = (path: string): Edit => ({ op: 'remove', path });

/** The field, the annotation or the item that was found goes. */
export const removing: Mend = ({ path }) => [remove(path)];

/** What holds the field that was found goes: an item of a list, or a profile. */
export const removingHolder: Mend = ({ path }) => [remove(holderOf(path))];

/** `spec.securityContext.sysctls[0].name` → `spec.securityContext.sysctls[0]` */
export const holderOf = (path: string): string => path.slice(0, path.lastIndexOf('.'));

/** The volume goes, and with it every mount of it, without which a Pod is not valid. */
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
