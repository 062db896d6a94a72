import { type Owner, podOf } from '../input/pod-of.ts';
import { templatesOf } from '../input/template.ts';
import type { Pod } from '../pod/kube.ts';
import { type PodProblem, readPod } from '../pod/read.ts';
import { isMap } from '../source/mapping.ts';
import { formatPath, valueAt } from '../source/path.ts';

/** The Pods that a workload would make, and what could not be understood of its templates. */
export interface Workload {
  readonly pods: readonly Pod[];
  readonly problems: readonly string[];
}

/** Kinds of Kubernetes have one, those of others a handful. Each is judged, with CEL rules of its own budget. */
const MOST_TEMPLATES = 20;

/** Undefined for an object that makes no Pods. */
export function readWorkload(
  object: unknown,
  owner: Pick<Owner, 'name' | 'namespace'>,
): Workload | undefined {
  if (!isMap(object)) return undefined;
  const templates = templatesOf(object);
  if (templates.length === 0) return undefined;
  const pods: Pod[] = [];
  const problems: string[] = [];
  for (const keys of templates.slice(0, MOST_TEMPLATES)) {
    const read = readPod(podOf(valueAt(object, keys), owner));
    if ('pod' in read) pods.push(read.pod);
    else problems.push(problemText(formatPath(keys), read.problem));
  }
  const more = templates.length - MOST_TEMPLATES;
  if (more > 0) problems.push(`${more} of its ${templates.length} Pod templates are too many to look at`);
  return { pods, problems };
}

/** `where.path is FOUND, not EXPECTED`. */
export function problemText(where: string, { path, found, expected }: PodProblem): string {
  return `${where}${path && (path.startsWith('[') ? path : `.${path}`)} is ${found}, not ${expected}`;
}
