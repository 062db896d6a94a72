import { OWN_ANNOTATIONS } from '../pod/annotations.ts';
import { obeyedValue, shown } from '../signals/annotations.ts';
import { APP_ARMOR_PREFIX, LOCALHOST } from '../signals/app-armor.ts';
import { WRITABLE_CGROUPS_PREFIX } from '../signals/cgroups.ts';
import { REDIRECTION } from '../signals/mesh.ts';
import { isMap } from '../source/mapping.ts';

/*
Of annotations, keys stay: there may be too many of them, and rules ask whether one is there. Values stay where the decision
reads them: those of annotations that a runtime obeys, and of those that say whether a mesh adds a sidecar. Tools keep whole
objects in all the others, and people keep passwords there.
*/
const OWN: ReadonlySet<string> = new Set(OWN_ANNOTATIONS);
const READ: ReadonlySet<string> = new Set([
  ...OWN,
  REDIRECTION,
  'sidecar.istio.io/inject',
  'linkerd.io/inject',
  'consul.hashicorp.com/connect-inject',
]);
const READ_PREFIXES: readonly string[] = [APP_ARMOR_PREFIX, WRITABLE_CGROUPS_PREFIX];

/** An annotation is read, and not its key alone. */
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

/** What stays of the value of one annotation, of whatever object. */
export function keptValue(key: string, value: unknown): string {
  if (typeof value !== 'string') return '';
  if (OWN.has(key) && NAME.test(value)) return value;
  return isValueRead(key) ? inBrief(value) : (obeyedValue(key, value) ?? '');
}

/** What this project writes: names of a class and of a policy with its namespace, an isolation, a score. */
const NAME = /^[a-z0-9./-]{0,317}$/;

/** No word that anything is read for is long; of a profile of AppArmor, it counts that it is one of the node. */
const inBrief = (value: string): string =>
  value.startsWith(LOCALHOST) ? LOCALHOST + shown(value.slice(LOCALHOST.length)) : shown(value);
