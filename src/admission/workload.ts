import { templatesOf } from '../input/template.ts';
import type { Pod } from '../pod/kube.ts';
import { type PodProblem, readPod } from '../pod/read.ts';
import { isMap } from '../source/mapping.ts';
import { formatPath } from '../source/path.ts';

/** The Pods that a workload would make, and what could not be understood of its templates. */
export interface Workload {
  readonly pods: readonly Pod[];
  readonly problems: readonly string[];
}

/** Undefined for an object that makes no Pods. */
export function readWorkload(object: unknown, namespace: string): Workload | undefined {
  if (!isMap(object)) return undefined;
  const templates = templatesOf(object);
  if (templates.length === 0) return undefined;
  const pods: Pod[] = [];
  const problems: string[] = [];
  for (const keys of templates) {
    const template = keys.reduce<unknown>(
      (node, key) => (node as Readonly<Record<string | number, unknown>> | null | undefined)?.[key],
      object,
    );
    const read = readPod(podOf(template, namespace));
    if ('pod' in read) pods.push(read.pod);
    else problems.push(problemText(formatPath(keys), read.problem));
  }
  return { pods, problems };
}

/** `where.path is FOUND, not EXPECTED`. */
export function problemText(where: string, { path, found, expected }: PodProblem): string {
  return `${where}${path && (path.startsWith('[') ? path : `.${path}`)} is ${found}, not ${expected}`;
}

/** Of a template's metadata, labels and annotations alone reach the Pod. */
function podOf(template: unknown, namespace: string): unknown {
  if (!isMap(template)) return template;
  const { labels, annotations } = isMap(template.metadata) ? template.metadata : {};
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, labels, annotations }, spec: template.spec };
}
