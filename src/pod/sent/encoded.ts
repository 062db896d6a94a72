import { canonicalQuantity } from '../../kube/quantity.ts';
import { isMap } from '../../source/mapping.ts';

/*
What remains of an object after an API server has decoded and encoded it, by Go's rules: values that are null, empty, false or
zero are left out, unless the field is a pointer (staging/src/k8s.io/api/core/v1/types.go).
*/

/** Fields that are pointers to what may be false or zero, and numbers that are always written. */
const KEPT: ReadonlySet<string> = new Set([
  ...['automountServiceAccountToken', 'enableServiceLinks', 'hostUsers', 'setHostnameAsFQDN'],
  ...['shareProcessNamespace', 'privileged', 'allowPrivilegeEscalation', 'readOnlyRootFilesystem'],
  ...['runAsNonRoot', 'hostProcess', 'optional', 'controller', 'blockOwnerDeletion'],
  ...['runAsUser', 'runAsGroup', 'fsGroup', 'terminationGracePeriodSeconds', 'activeDeadlineSeconds'],
  ...['priority', 'defaultMode', 'mode', 'tolerationSeconds', 'expirationSeconds'],
  ...['containerPort', 'port', 'weight', 'seconds', 'maxSkew', 'lun'],
]);
/** Fields that are pointers to texts that may be empty. */
const KEPT_TEXTS: ReadonlySet<string> = new Set(['runtimeClassName', 'storageClassName']);

/** Maps with arbitrary keys, none of whose values are left out. */
const TEXT_MAPS: ReadonlySet<string> = new Set([
  ...['labels', 'annotations', 'nodeSelector', 'matchLabels', 'volumeAttributes', 'options'],
]);
const QUANTITY_MAPS: ReadonlySet<string> = new Set(['limits', 'requests', 'overhead']);
const QUANTITIES: ReadonlySet<string> = new Set(['sizeLimit', 'divisor']);

/**
 * A copy without what would not be written; undefined where nothing remains.
 * @param key the name of the field
 */
export function encoded(value: unknown, key: string): unknown {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return value.length > 0 ? value.map(one => encoded(one, '') ?? {}) : emptyOf(key);
  if (QUANTITIES.has(key)) return canonicalQuantity(value);
  if (!isMap(value)) return isWritten(value, key) ? value : undefined;
  if (QUANTITY_MAPS.has(key)) return entriesOf(value, canonicalQuantity);
  if (TEXT_MAPS.has(key)) return entriesOf(value, one => one ?? '');
  const fields: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(value)) {
    const kept = encoded(one, name);
    if (kept !== undefined) fields[name] = kept;
  }
  return fields;
}

/** The sources of a projected volume are written even where there are none. */
const emptyOf = (key: string): null | undefined => (key === 'sources' ? null : undefined);

const isWritten = (value: unknown, key: string): boolean =>
  value === '' ? key === '' || KEPT_TEXTS.has(key) : (value !== false && value !== 0) || KEPT.has(key);

function entriesOf(map: Readonly<Record<string, unknown>>, of: (value: unknown) => unknown): unknown {
  const entries = Object.entries(map);
  return entries.length > 0 ? Object.fromEntries(entries.map(([key, one]) => [key, of(one)])) : undefined;
}
