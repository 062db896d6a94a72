import { OWN_ANNOTATIONS } from '../pod/annotations.ts';
import { obeyedValue } from '../signals/annotations.ts';
import { APP_ARMOR_PREFIX } from '../signals/app-armor.ts';
import { WRITABLE_CGROUPS_PREFIX } from '../signals/cgroups.ts';
import { REDIRECTION } from '../signals/mesh.ts';
import { isMap } from '../source/mapping.ts';

/*
Of annotations, keys stay: there may be too many of them, and rules ask whether one is there. Values stay where the decision
reads them: those of annotations that a runtime obeys, and of those that say whether a mesh adds a sidecar. Tools keep whole
objects in all the others, and people keep passwords there.
*/
const READ: ReadonlySet<string> = new Set([
  ...OWN_ANNOTATIONS,
  REDIRECTION,
  'sidecar.istio.io/inject',
  'linkerd.io/inject',
  'consul.hashicorp.com/connect-inject',
]);
const READ_PREFIXES: readonly string[] = [APP_ARMOR_PREFIX, WRITABLE_CGROUPS_PREFIX];

/** An annotation is read whole, and not by its key alone. */
export const isValueRead = (key: string): boolean =>
  READ.has(key) || READ_PREFIXES.some(prefix => key.startsWith(prefix));

/** What stays of the annotations of a Pod. */
export function keptAnnotations(annotations: unknown): unknown {
  if (!isMap(annotations)) return undefined;
  return Object.fromEntries(
    Object.keys(annotations)
      .toSorted()
      .map(key => [key, keptValue(key, annotations[key])]),
  );
}

function keptValue(key: string, value: unknown): string {
  if (typeof value !== 'string') return '';
  return isValueRead(key) ? value : (obeyedValue(key, value) ?? '');
}
