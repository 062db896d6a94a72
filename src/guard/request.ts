import type { Cel } from '../signals/cel.ts';
import type { Variable } from './object.ts';

/*
What the request is about. Short tests are repeated where they are needed: a variable costs the API server some microseconds
where it is read, and some tenths of one on every request.
*/

export const IS_UPDATE: Cel = "request.operation == 'UPDATE'";

/** A Pod is judged. For a write of its status, or for a Binding, only what slips in by it is. */
export const IS_JUDGED: Cel =
  "request.resource.resource == 'pods' && !(request.?subResource.orValue('') in ['status', 'binding'])";

/** True where policies of the request's namespace are not in the guard. */
export const IS_LEFT_OUT: Cel = 'variables.leftOut >= 0';

export const CLASS: Cel = "object.spec.?runtimeClassName.orValue('')";

/** The labels of a Pod that is created. */
export const OWN_LABELS: Cel = 'object.metadata.?labels.orValue({})';
export const NAMESPACE_LABELS: Cel = 'namespaceObject.metadata.?labels.orValue({})';

export const GROUND: readonly Variable[] = [
  // A label that an update changes is drift, so the stored labels count. dyn lets both fit into one list.
  { name: 'labels', expression: `dyn((${IS_UPDATE} ? oldObject : object).metadata.?labels.orValue({}))` },
  { name: 'namespaceLabels', expression: `dyn(${NAMESPACE_LABELS})` },
];
