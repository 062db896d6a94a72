import { madeBy } from '../input/made-by.ts';
import type { Owner } from '../input/pod-of.ts';
import { TOO_LARGE, templatesOf } from '../input/template.ts';
import type { Pod } from '../pod/kube.ts';
import { type PodProblem, readPod } from '../pod/read.ts';
import { isMap } from '../source/mapping.ts';
import { formatPath, valueAt } from '../source/path.ts';

/** The Pods that a workload would make, and what could not be understood of its templates. */
export interface Workload {
  readonly pods: readonly Pod[];
  readonly problems: readonly string[];
}

/** Kinds of Kubernetes have one template, those of others a handful. Each is judged, with CEL rules of its own budget. */
const MOST_TEMPLATES = 20;

/** The Pods of a workload; undefined for an object that makes none. */
export function readWorkload(
  object: unknown,
  owner: Pick<Owner, 'name' | 'namespace'>,
): Workload | undefined {
  if (!isMap(object)) return undefined;
  const { paths, tooLarge } = templatesOf(object);
  if (paths.length === 0 && !tooLarge) return undefined;
  const pods: Pod[] = [];
  const problems: string[] = tooLarge ? [`spec ${TOO_LARGE}`] : [];
  for (const keys of paths.slice(0, MOST_TEMPLATES)) {
    const read = readPod(madeBy(object, keys, valueAt(object, keys), owner).pod);
    if ('pod' in read) pods.push(read.pod);
    else problems.push(problemText(formatPath(keys), read.problem));
  }
  const more = paths.length - MOST_TEMPLATES;
  if (more > 0) problems.push(`${more} of its ${paths.length} Pod templates are too many to look at`);
  return { pods, problems };
}

/** `where.path is FOUND, not EXPECTED`, or `where.path is missing`. */
export function problemText(where: string, { path, found, expected }: PodProblem): string {
  const place = `${where}${path && (path.startsWith('[') ? path : `.${path}`)}`;
  return found === undefined ? `${place} is missing` : `${place} is ${found}, not ${expected}`;
}
