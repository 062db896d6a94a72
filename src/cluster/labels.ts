import type { StringMap } from '../pod/kube.ts';

/** True where every label that a nodeSelector asks for is there; an empty one asks for none. */
export const hasLabels = (labels: StringMap, selector: StringMap): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
