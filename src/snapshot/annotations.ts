import { OWN_ANNOTATIONS } from '../pod/annotations.ts';
import { obeyedValue, shown } from '../signals/annotations.ts';
import { APP_ARMOR_PREFIX, LOCALHOST } from '../signals/app-armor.ts';
import { WRITABLE_CGROUPS_PREFIX } from '../signals/cgroups.ts';
import { REDIRECTION } from '../signals/mesh.ts';
import { isMap } from '../source/mapping.ts';

/*
The keys of annotations are kept: there may be too many of them, and rules ask for their presence. Values are kept where a
decision reads them: those of annotations that a runtime obeys, and those that say whether a mesh adds a sidecar. In all others,
tools keep whole objects, and people keep passwords.
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

/** Whether the value of an annotation is read, and not only its key. */
export const isValueRead = (key: string): boolean =>
  READ.has(key) || READ_PREFIXES.some(prefix => key.startsWith(prefix));

/** What is kept of the annotations of a Pod. */
export function keptAnnotations(annotations: unknown): unknown {
  if (!isMap(annotations)) return undefined;
  return Object.fromEntries(
    Object.keys(annotations)
      .toSorted()
      .map(key => [key, keptValue(key, annotations[key])]),
  );
}

/** What is kept of the value of one annotation of any object. */
export function keptValue(key: string, value: unknown): string {
  if (typeof value !== 'string') return '';
  if (OWN.has(key) && NAME.test(value)) return value;
  return isValueRead(key) ? inBrief(value) : (obeyedValue(key, value) ?? '');
}

/** The form of what this project writes: names of a class and of a policy with its namespace, an isolation, a score. */
const NAME = /^[a-z0-9./-]{0,317}$/;

/** Values that are read are short; of a profile of AppArmor, only that it is one of the node counts. */
const inBrief = (value: string): string =>
  value.startsWith(LOCALHOST) ? LOCALHOST + shown(value.slice(LOCALHOST.length)) : shown(value);
