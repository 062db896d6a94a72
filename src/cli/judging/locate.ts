import { parsePath } from '../../input/path.ts';
import type { PodSubject } from '../../input/subjects.ts';
import type { Place } from '../../report/result.ts';

/** The path of a Pod's field in the manifest, and its line. */
export function locate({ document, pathOf }: PodSubject, podField: string): Place {
  const path = pathOf(podField);
  return { path, position: document.positionOf(parsePath(path)) };
}
