import type { NamespaceFacts } from '../cluster/view.ts';
import type { Pod, StringMap } from '../pod/kube.ts';
import { type PodProblem, problemSentence, readPod } from '../pod/read.ts';
import type { Position, Problem, SourceDocument } from '../source/document.ts';
import { isMap, type Mapping } from '../source/mapping.ts';
import { type Keys, valueAt } from '../source/path.ts';
import { Problems } from '../source/problems.ts';
import { attempt } from './attempt.ts';
import { type Header, readHeader } from './header.ts';
import { parsePath, underTemplate } from './path.ts';
import { type Owner, podOf } from './pod-of.ts';
import { partName, TOO_LARGE, templatesOf } from './template.ts';
import { unquoted } from './unquoted.ts';

/** A Pod, or the Pod that a workload would make, with the way back to the lines of its manifest. */
export interface PodSubject {
  readonly document: SourceDocument;
  /** Where the object starts. */
  readonly source: Position;
  readonly apiVersion: string;
  /** Kind and name of the object that was written: a Deployment's, not its Pod's. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly pod: Pod;
  /** Where the template lies in the document; empty for a Pod. */
  readonly podPath: Keys;
}

export interface Subjects {
  readonly subjects: readonly PodSubject[];
  /** From Namespace manifests among the documents: what the namespaces will look like once applied. */
  readonly namespaces: ReadonlyMap<string, NamespaceFacts>;
  /** Objects of kinds that make no Pods. */
  readonly skipped: number;
  /** Documents of files that nobody named, and that are no objects of Kubernetes. */
  readonly unrelated: number;
  readonly problems: readonly Problem[];
}

/**
 * Picks out what makes Pods. Lists must have been split already.
 * @param defaultNamespace of objects that name none, as `kubectl -n` has it
 * @param found files that nobody named, so that they may hold something else
 */
export function readSubjects(
  documents: readonly SourceDocument[],
  defaultNamespace: string,
  found: ReadonlySet<string> = NONE,
): Subjects {
  const subjects: PodSubject[] = [];
  const problems = new Problems();
  const namespaces = new Map<string, NamespaceFacts>();
  let [skipped, unrelated] = [0, 0];
  for (const document of documents) {
    if (found.has(document.position.file) && !isObject(document.value)) {
      unrelated++;
      continue;
    }
    const attempted = attempt(document.position, () => readOne(document, defaultNamespace));
    const read: Read = 'done' in attempted ? attempted.done : { problems: [attempted.problem] };
    if (read.namespace) namespaces.set(read.namespace.name, read.namespace);
    subjects.push(...(read.subjects ?? []));
    for (const problem of read.problems ?? []) problems.add(() => problem);
    if (read.skipped) skipped++;
  }
  return { subjects, namespaces, skipped, unrelated, problems: problems.all() };
}

const NONE: ReadonlySet<string> = new Set();

/** Without either, kubectl takes it for none. */
const isObject = (value: unknown): boolean =>
  isMap(value) && [value.apiVersion, value.kind].every(word => typeof word === 'string' && word !== '');

interface Read {
  readonly subjects?: readonly PodSubject[];
  readonly problems?: readonly Problem[];
  readonly namespace?: NamespaceFacts;
  readonly skipped?: true;
}

function readOne(document: SourceDocument, defaultNamespace: string): Read {
  const header = readHeader(document);
  if ('problem' in header) return { problems: [header.problem] };
  const { object, kind, apiVersion, name } = header;
  if (kind === 'Namespace' && apiVersion === 'v1') return { namespace: readNamespace(object, name) };
  const { paths, tooLarge } = templatesOf(object);
  if (paths.length === 0 && !tooLarge) return { skipped: true };

  const subjects: PodSubject[] = [];
  const problems: Problem[] = tooLarge ? [sizeProblem(document, header)] : [];
  for (const podPath of paths) {
    const shown = paths.length > 1 ? `${name}/${partName(object, podPath)}` : name;
    const owner = { kind, name: shown, namespace: header.namespace ?? defaultNamespace };
    const read = readPod(podPath.length === 0 ? object : podOf(valueAt(object, podPath), owner));
    if ('problem' in read) problems.push(shapeProblem(document, podPath, owner, read.problem));
    else subjects.push({ ...owner, document, source: document.position, apiVersion, pod: read.pod, podPath });
  }
  return { subjects, problems };
}

const sizeProblem = (document: SourceDocument, { kind, name }: Header): Problem => ({
  severity: 'error',
  position: document.positionOf(['spec']),
  object: `${kind}/${name}`,
  path: 'spec',
  message: TOO_LARGE,
  fix: 'Make several objects of it.',
});

function shapeProblem(document: SourceDocument, podPath: Keys, owner: Owner, problem: PodProblem): Problem {
  const path = underTemplate(podPath, problem.path);
  const keys = parsePath(path);
  const text = problem.expected === 'a string' && unquoted(document, keys);
  return {
    severity: 'error',
    position: document.positionOf(keys),
    object: `${owner.kind}/${owner.name}`,
    path,
    message: problemSentence(text ? { ...problem, found: text.found } : problem),
    fix: text
      ? text.fix
      : `"kubectl explain ${[owner.kind.toLowerCase(), ...fieldsOf(path)].join('.')}" shows what belongs there.`,
  };
}

/** The names of fields on a path, up to the first key of a map that is no field. */
function fieldsOf(path: string): string[] {
  const keys = parsePath(path).filter(key => typeof key === 'string');
  const end = keys.findIndex(key => !/^[a-zA-Z]+$/.test(key));
  return end < 0 ? keys : keys.slice(0, end);
}

/** Labels that are not strings are left out: the API server would refuse them. */
function readNamespace(object: Mapping, name: string): NamespaceFacts {
  const metadata = isMap(object.metadata) ? object.metadata : {};
  const given = isMap(metadata.labels) ? metadata.labels : {};
  const labels = Object.entries(given).filter(([, value]) => typeof value === 'string');
  return {
    name,
    labels: { ...Object.fromEntries(labels), 'kubernetes.io/metadata.name': name } as StringMap,
  };
}
