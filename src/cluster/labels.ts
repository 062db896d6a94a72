import type { StringMap } from '../pod/kube.ts';

/** True where every label that a nodeSelector asks for is present; an empty selector asks for none. */
export const hasLabels = (labels: StringMap, selector: StringMap): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
