import { bindCel } from '../../../src/policy/cel/bind.ts';
import type { AdmissionRequest } from './admission-objects.ts';
import { namespaceLabelsOf } from './matching.ts';

export type Values = Readonly<Record<string, unknown>>;

/** The variables that every expression has. Empty fields are absent, as in the API server's own form. */
export function bindRequest(request: AdmissionRequest): Values {
  const { operation, group = '', version = 'v1', resource, subResource, name, namespace } = request;
  const { userInfo = { username: 'someone' }, object, oldObject } = request;
  const gvr = { group, version, resource };
  const { values } = bindCel({
    object: object && served(object),
    oldObject: oldObject ? served(oldObject) : null,
    request: served({
      ...{ operation, resource: gvr, requestResource: gvr, name, namespace, userInfo, dryRun: false },
      ...{ subResource, requestSubResource: subResource },
    }),
    namespaceObject: served({ metadata: { name: namespace, labels: namespaceLabelsOf(request) } }),
  });
  return Object.fromEntries(values);
}

/** An empty map in these fields means no more than an absent one; in others, such as `emptyDir`, it has a meaning. */
const MAPS: ReadonlySet<string> = new Set(['labels', 'annotations', 'nodeSelector', 'limits', 'requests']);
/** Numbers that mean nothing when they are 0. Others are pointers: `runAsUser: 0` is root. */
const NUMBERS: ReadonlySet<string> = new Set(['hostPort', 'containerPort']);
/** Booleans that mean nothing when they are false. */
const FLAGS: ReadonlySet<string> = new Set(['hostNetwork', 'hostPID', 'hostIPC', 'readOnly', 'stdin', 'tty']);

/** The object without what Go leaves out as empty (`omitempty`): CEL then sees no such field. */
export function served<T>(value: T): T {
  if (Array.isArray(value)) return value.map(served) as T;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, item]) => !isEmpty(key, item));
  return Object.fromEntries(kept.map(([key, item]) => [key, isMap(key) ? item : served(item)])) as T;
}

const isMap = (key: string): boolean => MAPS.has(key);

function isEmpty(key: string, value: unknown): boolean {
  if (value === undefined || value === null || value === '') return key !== 'group';
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object') return isMap(key) && Object.keys(value).length === 0;
  return (NUMBERS.has(key) && value === 0) || (FLAGS.has(key) && value === false);
}
