import { LINKERD_INJECT, linkerdOf } from '../cluster/facts.ts';
import type { Pod, StringMap } from '../pod/kube.ts';
import type { NamespaceFacts } from '../pod/namespace.ts';
import { type PodProblem, problemSentence, readPod } from '../pod/read.ts';
import type { Position, Problem, SourceDocument } from '../source/document.ts';
import { MAX_OBJECTS } from '../source/limits.ts';
import { isKubernetesObject, splitList } from '../source/list.ts';
import { isMap, type Mapping } from '../source/mapping.ts';
import { formatPath, type Keys, valueAt } from '../source/path.ts';
import { Problems } from '../source/problems.ts';
import { type RbacObject, readRbac } from './api-rights.ts';
import { attempt } from './attempt.ts';
import { isCompose, readCompose } from './compose/compose.ts';
import type { ComposePlace } from './compose/field.ts';
import { type Header, readHeader } from './header.ts';
import { groupKindOf, metadataBeside } from './known.ts';
import { parsePath } from './path.ts';
import { placeholders } from './placeholder.ts';
import type { Owner } from './pod-of.ts';
import { type DescribedPod, podsIn } from './pods-in.ts';
import { replicasOf } from './replicas.ts';
import { strayRisks, unknownPodLabels, unknownWords } from './unknown-words.ts';
import { unquoted } from './unquoted.ts';
import { unreadHost } from './unread-host.ts';

/** A Pod, or the Pod that a workload would make, connected to the lines of its manifest. */
export interface PodSubject {
  readonly document: SourceDocument;
  /** Where the object starts. */
  readonly source: Position;
  readonly apiVersion: string;
  /** The kind and name of the object as it was written: a Deployment's, not its Pod's. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly pod: Pod;
  /** The field path in the document for a Pod's field. */
  readonly pathOf: (podField: string) => string;
  /** Whether it was assembled from what the object says about its Pods, where the controller's additions are not known. */
  readonly isFragment: boolean;
  /** How many Pods of it the object asks for; undefined where it does not say. */
  readonly replicas?: number;
  /** Whether it is as its author wrote it: an API server fills in what is left open. */
  readonly isWritten: boolean;
  /** Set on a service of a Compose file, which a Docker daemon runs, and no cluster. */
  readonly isService?: true;
  /** Set on a service of a Compose file: how it became a Pod. */
  readonly composed?: Composed;
}

/** What is needed to change a service of a Compose file, and to read it again. */
export interface Composed {
  /** Where its file would be started. */
  readonly place: ComposePlace;
  /** The part of the file that makes these fields of the Pod and no others; undefined where there is none. */
  readonly madeBy: (podFields: readonly string[]) => readonly Keys[] | undefined;
}

export interface Subjects {
  readonly subjects: readonly PodSubject[];
  /** The namespaces as they will look once the Namespace manifests among the documents are applied. */
  readonly namespaces: ReadonlyMap<string, NamespaceFacts>;
  /** Roles and bindings among the documents. */
  readonly rbac: readonly RbacObject[];
  /** How many objects of kinds that make no Pods, by `apiVersion kind`. */
  readonly skipped: ReadonlyMap<string, number>;
  /** How many documents, in files that nobody named, are no objects of Kubernetes. */
  readonly unrelated: number;
  readonly problems: readonly Problem[];
}

/**
 * Picks out everything that makes Pods. Lists must have been split already.
 * @param defaultNamespace the namespace of objects that name none, like that of `kubectl -n`
 * @param found files that nobody named, so that they may contain something else
 * @param placeOf where the Compose file with this path would be started
 */
export function readSubjects(
  documents: readonly SourceDocument[],
  defaultNamespace: string,
  found: ReadonlySet<string> = NONE,
  placeOf: PlaceOf = ANYWHERE,
): Subjects {
  const subjects: PodSubject[] = [];
  const problems = new Problems();
  const namespaces = new Map<string, NamespaceFacts>();
  const rbac: RbacObject[] = [];
  const skipped = new Map<string, number>();
  const composed = new Set<string>();
  const objects = documents.filter(one => !found.has(one.position.file) || isKubernetesObject(one.value));
  for (const document of objects) {
    if (subjects.length >= MAX_OBJECTS) {
      problems.add(() => tooMany(document));
      break;
    }
    const attempted = attempt(document.position, () =>
      isCompose(document.value)
        ? readServices(document, { placeOf, composed, namespace: defaultNamespace })
        : readOne(document, defaultNamespace),
    );
    const read: Read = 'done' in attempted ? attempted.done : { problems: [attempted.problem] };
    const { namespaces: some = [], problems: told = [] } = read;
    for (const namespace of some) namespaces.set(namespace.name, namespace);
    subjects.push(...(read.subjects ?? []));
    rbac.push(...(read.rbac ?? []));
    for (const problem of told) problems.add(() => problem, problem);
    if (read.skipped) skipped.set(read.skipped, (skipped.get(read.skipped) ?? 0) + 1);
  }
  const unrelated = documents.length - objects.length;
  const all = [...repeatsIn(objects), ...problems.all()];
  return { subjects, namespaces, rbac, skipped, unrelated, problems: all };
}

/** Kept separate from other problems, so that no error goes unreported, however many there are. */
function repeatsIn(objects: readonly SourceDocument[]): readonly Problem[] {
  const problems = new Problems();
  for (const [repeats, object] of new Map(objects.map(one => [one.repeats, one]))) {
    for (const problem of repeats?.() ?? []) {
      const told = isCompose(object.value) ? { ...problem, ...REFUSED } : problem;
      problems.add(() => told, told);
    }
  }
  return problems.all();
}

/** Docker refuses a key that is set twice, and distinguishes what YAML 1.1 takes for one key (`no` and `off`). */
const REFUSED = {
  severity: 'error',
  fix: 'Keep one, or put it in quotes where both are names.',
} as const;

const tooMany = ({ position }: SourceDocument): Problem => ({
  severity: 'error',
  position,
  path: '',
  message: `more than ${MAX_OBJECTS} Pods and workloads in this file; what follows was not read`,
  fix: 'Split the file.',
});

/** Docker merges the documents of one file, so none of them has a whole service. */
const secondCompose = ({ position }: SourceDocument): Problem => ({
  severity: 'error',
  position,
  path: '',
  message: 'a second document with services, which Docker merges into the first',
  fix: 'Review what is made of it: docker compose config | cofferdam review -',
});

const NONE: ReadonlySet<string> = new Set();

type PlaceOf = (file: string) => ComposePlace;
/** Used where the place of files is not known, so that no path counts as the project's own. */
const ANYWHERE: PlaceOf = () => ({ folder: '/', realPath: path => path });

/** What Compose files are read with. */
interface Composing {
  readonly placeOf: PlaceOf;
  readonly namespace: string;
  /** The files that already had a document with services. */
  readonly composed: Set<string>;
}

/** The services of a Compose file. */
function readServices(document: SourceDocument, { placeOf, namespace, composed }: Composing): Read {
  const { file } = document.position;
  const isSecond = composed.has(file);
  composed.add(file);
  const place = placeOf(file);
  const { services, problems } = readCompose(document, place, namespace);
  const read = services.map(({ name, keys, pod, pathOf, madeBy }): Read => {
    const shaped = readPod(pod);
    if ('problem' in shaped)
      return { problems: [unlikeAPod(document, keys, `Service/${name}`, shaped.problem)] };
    const source = document.positionOf(keys);
    const self = { apiVersion: 'compose', kind: 'Service', namespace, name };
    const composed: Composed = { place, madeBy: fields => madeBy(fields.map(parsePath)) };
    const whole = { isFragment: false, isWritten: true, isService: true, composed } as const;
    return {
      subjects: [
        { ...self, ...whole, document, source, pod: shaped.pod, pathOf: field => pathOf(parsePath(field)) },
      ],
    };
  });
  return {
    subjects: read.flatMap(one => one.subjects ?? []),
    problems: [
      ...(isSecond ? [secondCompose(document)] : []),
      ...problems,
      ...read.flatMap(one => one.problems ?? []),
    ],
  };
}

/** No field of a service should become something that no Pod has. That would be a bug of ours, and must not prevent the answer. */
const unlikeAPod = (document: SourceDocument, keys: Keys, object: string, problem: PodProblem): Problem => ({
  severity: 'error',
  position: document.positionOf(keys),
  object,
  path: formatPath(keys),
  message: `${problem.path}: ${problemSentence(problem)}, so this service was not judged`,
  fix: 'It is a fault of cofferdam: report it, with the service.',
});

export const isNamespace = (object: Mapping): boolean => groupKindOf(object) === '/Namespace';

interface Read {
  readonly subjects?: readonly PodSubject[];
  readonly problems?: readonly Problem[];
  readonly namespaces?: readonly NamespaceFacts[];
  readonly rbac?: readonly RbacObject[];
  /** `apiVersion kind` */
  readonly skipped?: string;
}

function readOne(document: SourceDocument, defaultNamespace: string): Read {
  const header = readHeader(document);
  if ('problem' in header) return { problems: [header.problem] };
  const { object, kind, apiVersion, name } = header;
  if (isNamespace(object)) {
    const namespace = readNamespace(object, name);
    return { namespaces: [namespace], problems: unknownWords(namespace, document) };
  }
  const owner = { kind, name, namespace: header.namespace ?? defaultNamespace };
  const rbac = readRbac(object, name, owner.namespace);
  if (rbac) return { rbac: [rbac], skipped: `${apiVersion} ${kind}` };
  const { pods, objects, excess } = podsIn(object, owner);
  const read = [
    ...pods.map(pod => readDescribed(pod, document, object, owner)),
    ...objects
      .flatMap(keys => splitList(within(document, keys)))
      .map(one => inAnother(readOne(one, defaultNamespace))),
  ];
  const subjects = read.flatMap(one => one.subjects ?? []);
  const problems = [
    ...(pods.length > 0 ? placeholders(document, header) : []),
    ...unreadPatches(document, header, pods),
    ...(excess === undefined ? [] : [sizeProblem(document, header, excess)]),
    ...read.flatMap(one => one.problems ?? []),
  ];
  if (subjects.length + problems.length > 0 || pods.length > 0)
    return {
      subjects,
      problems,
      namespaces: read.flatMap(one => one.namespaces ?? []),
      rbac: read.flatMap(one => one.rbac ?? []),
    };
  return { skipped: `${apiVersion} ${kind}`, problems: unreadHost(document, header) };
}

/** Changes of a Pod that cannot be read yet, each place once. */
function unreadPatches(
  document: SourceDocument,
  { kind, name }: Header,
  pods: readonly DescribedPod[],
): readonly Problem[] {
  const places = new Map(pods.flatMap(({ unread = [] }) => unread.map(keys => [formatPath(keys), keys])));
  return Array.from(places, ([path, keys]) => ({
    severity: 'warning' as const,
    position: document.positionOf(keys),
    object: `${kind}/${name}`,
    path,
    message:
      'a patch of the Pod that cannot be read before its placeholders are filled in: judged without it',
    fix: 'Review the Pods that come of it: read them with --from-cluster.',
    leftOut: true,
  }));
}

function readDescribed(
  described: DescribedPod,
  document: SourceDocument,
  object: Mapping,
  owner: Owner,
): Read {
  const { pod, pathOf, isFragment, name, keys } = described;
  const apiVersion = String(object.apiVersion);
  const replicas = replicasOf(object, keys);
  const read = readPod(pod);
  const self = { ...owner, name };
  if ('problem' in read) return { problems: [shapeProblem(document, described, self, read.problem)] };
  const labels = read.pod.metadata?.labels ?? {};
  const at = parsePath(pathOf('metadata.labels'));
  const told = `${self.kind}/${self.name}`;
  const beside = metadataBeside({ apiVersion, kind: self.kind });
  return {
    problems: [
      ...unknownPodLabels(labels, document, at, told),
      ...strayRisks(beside, labels, document, at, told),
    ],
    subjects: [
      {
        ...self,
        document,
        source: document.position,
        apiVersion,
        pod: read.pod,
        pathOf,
        isFragment,
        ...(replicas !== undefined && { replicas }),
        isWritten: !isFragment,
      },
    ],
  };
}

/** An object within an object, connected to its lines. */
const within = (document: SourceDocument, keys: Keys): SourceDocument => ({
  value: valueAt(document.value, keys),
  position: document.positionOf(keys),
  positionOf: path => document.positionOf([...keys, ...path]),
  writtenAt: path => document.writtenAt?.([...keys, ...path]),
  ...(document.repeats && { repeats: document.repeats }),
});

/**
 * An object within an object is not sent to the API server as it is: whatever creates it may fill in what is wrong
 * (`containerPort: ${schema.spec.port}` in a ResourceGraphDefinition).
 */
const inAnother = (read: Read): Read => ({
  ...read,
  problems: (read.problems ?? []).map(problem =>
    problem.severity === 'warning'
      ? problem
      : {
          ...problem,
          severity: 'warning',
          message: `${problem.message}, so this object within another was not judged`,
          fix: 'Look at what is made of it, and correct it if that is not right.',
          leftOut: true,
        },
  ),
});

const sizeProblem = (document: SourceDocument, { kind, name }: Header, message: string): Problem => ({
  severity: 'error',
  position: document.positionOf(['spec']),
  object: `${kind}/${name}`,
  path: 'spec',
  message,
  fix: 'Make several objects of it.',
});

function shapeProblem(
  document: SourceDocument,
  { pathOf, isFragment }: DescribedPod,
  owner: Owner,
  problem: PodProblem,
): Problem {
  const path = pathOf(problem.path);
  const keys = parsePath(path);
  const text = problem.expected === 'a string' && unquoted(document, keys);
  const told = {
    position: document.positionOf(keys),
    object: `${owner.kind}/${owner.name}`,
    path,
    message: problemSentence(text ? { ...problem, found: text.found } : problem),
  };
  if (isFragment) {
    // Its kind may use the field for something else than a Pod does.
    const message = `${told.message}, so what looks like a part of a Pod was not judged`;
    return {
      ...told,
      severity: 'warning',
      message,
      fix: 'Look at the Pods that its controller makes of it.',
      leftOut: true,
    };
  }
  const fix = text
    ? text.fix
    : `"kubectl explain ${[owner.kind.toLowerCase(), ...fieldsOf(path)].join('.')}" shows what belongs there.`;
  return { ...told, severity: 'error', fix };
}

/** The names of the fields on a path, up to the first key of a map that is no field. */
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
    ...linkerdOf(valueAt(object, LINKERD_INJECT)),
  };
}
