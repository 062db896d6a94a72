import { MIRROR_ANNOTATION } from '../pod/annotations.ts';
import { boundOn } from '../signals/bounds.ts';
import type { Cel } from '../signals/cel.ts';
import { text } from '../signals/guards.ts';
import type { Variable } from './object.ts';

/*
Requests that are never refused. The API server evaluates these conditions before anything else, where neither variables nor the
namespace are known.
*/

const differ = (field: Cel): Cel => `object.${field} != oldObject.${field}`;
const containers = (pod: Cel, field: Cel): Cel => `${pod}.spec.?${field}.orValue([])`;
const images = (pod: Cel, field: Cel): Cel => `${containers(pod, field)}.map(c, c.?image.orValue(''))`;
/**
 * Where a stored Pod has more containers than a Pod may have, they are compared as a whole, as a loop over them takes too long.
 */
const imagesDiffer = (field: Cel): Cel =>
  `(size(${containers('object', field)}) > ${boundOn('containers').most} ? ${differ(`spec.?${field}`)} : ${images('object', field)} != ${images('oldObject', field)})`;

export const CONDITIONS: readonly Variable[] = [
  {
    // See `alwaysPasses` of the decision. The stored object decides: a finalizer must be removable whatever policy came later.
    name: 'is-not-being-deleted',
    expression: "request.operation != 'UPDATE' || !oldObject.metadata.?deletionTimestamp.hasValue()",
  },
  {
    // Anyone may set the annotation (kubernetes#53467), but only a kubelet has a static Pod to mirror.
    name: 'is-no-mirror-pod',
    expression: `!('system:nodes' in request.userInfo.?groups.orValue([]) && ${text(MIRROR_ANNOTATION)} in object.metadata.?annotations.orValue({}))`,
  },
  {
    // A kubelet patches the status of each Pod many times, and controllers patch its labels. Of all that the API server lets be
    // changed (ValidatePodUpdate, ValidatePodEphemeralContainersUpdate, ValidatePodStatusUpdate in pkg/apis/core/validation),
    // only this bears on the verdict. A label that changes is drift, unless there are too many labels.
    name: 'changes-what-is-judged',
    expression: [
      "request.operation != 'UPDATE'",
      differ('metadata.?annotations'),
      `(request.?subResource.orValue('') == 'status' ? ${differ('metadata.?labels')} : ${[
        `size(object.metadata.?labels.orValue({})) > ${boundOn('labels').most}`,
        differ('spec.?ephemeralContainers'),
        imagesDiffer('containers'),
        imagesDiffer('initContainers'),
      ].join(' || ')})`,
    ].join(' || '),
  },
];
