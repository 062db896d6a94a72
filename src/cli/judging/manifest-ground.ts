import { wellKnownDocker } from '../../cluster/docker.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { Ground } from '../../decision/ground.ts';
import { isToFillIn } from '../../input/placeholder.ts';
import type { PodSubject } from '../../input/subjects.ts';
import type { NamespaceFacts } from '../../pod/namespace.ts';
import type { ProfileTable } from '../../profiles/profile.ts';
import type { Problem } from '../../source/document.ts';
import { nearest } from '../../source/nearest.ts';
import { quote } from '../../source/text.ts';
import type { LoadedGround } from './ground.ts';
import { locate } from './locate.ts';

/** The view, extended by what manifests say about namespaces, and by classes for which profiles vouch by name. */
export function groundFor(ground: Ground, namespaces: ReadonlyMap<string, NamespaceFacts>): Ground {
  const { snapshot, view } = ground;
  return {
    snapshot,
    view: {
      builtin: view.builtin,
      runtimeClasses: () => view.runtimeClasses(),
      runtimeClass: name =>
        view.runtimeClass(name) ?? (view.builtin ? vouched(name, snapshot.profiles) : undefined),
      nodes: () => view.nodes(),
      namespace: name =>
        namespaceLater(name, view, namespaces) ?? (isToFillIn(name) ? unlabelled(name) : undefined),
    },
  };
}

/** What each subject is judged against: the cluster, or, for a service of a Compose file, the daemon that runs it. */
export function groundsFor(
  loaded: LoadedGround,
  namespaces: ReadonlyMap<string, NamespaceFacts>,
): (subject: Pick<PodSubject, 'isService'>) => Ground {
  const inCluster = groundFor(loaded, namespaces);
  const daemon = loaded.docker ?? wellKnownDocker();
  const handlerOfClass = (name: string): string | undefined => inCluster.view.runtimeClass(name)?.handler;
  const onDocker = {
    snapshot: loaded.snapshot,
    view: { ...daemon, docker: { ...daemon.docker, handlerOfClass } },
  };
  return ({ isService }) => (isService ? onDocker : inCluster);
}

/** A namespace whose name is still a placeholder. Its labels cannot be known, which a warning says. */
const unlabelled = (name: string): NamespaceFacts => ({
  name,
  labels: { 'kubernetes.io/metadata.name': name },
  assumed: true,
});

/**
 * A class that profiles vouch for: without a cluster, a class is assumed to be named for its handler, as it is with kata-deploy
 * and most others.
 */
function vouched(name: string, profiles: ProfileTable): ReturnType<ClusterView['runtimeClass']> {
  const known = profiles.all.some(({ handlers }) => handlers.includes(name));
  return known ? { name, handler: name, nodeSelector: {}, tolerations: [] } : undefined;
}

/** A namespace as it will be once the manifests are applied: labels are merged, as by `kubectl apply`. */
function namespaceLater(
  name: string,
  view: ClusterView,
  namespaces: ReadonlyMap<string, NamespaceFacts>,
): NamespaceFacts | undefined {
  const before = view.namespace(name);
  const applied = namespaces.get(name);
  return before && applied && !before.assumed
    ? { ...before, ...applied, labels: { ...before.labels, ...applied.labels } }
    : (applied ?? before);
}

/**
 * Why nothing certain can be said about a subject: its class or its namespace is not known. A guess would either admit what the
 * cluster refuses, or reject what it admits.
 */
export function unknowns(subject: PodSubject, { view, snapshot }: Ground): readonly Problem[] {
  const runtimeClass = subject.pod.spec?.runtimeClassName;
  if (subject.isService) {
    const isKnown = !runtimeClass || !view.docker?.isAssumed || view.runtimeClass(runtimeClass);
    return isKnown ? [] : [unknownRuntime(subject, runtimeClass)];
  }
  const classMissing = runtimeClass && view.builtin && !view.runtimeClass(runtimeClass);
  return [
    ...(classMissing ? [unknownClass(subject, runtimeClass, snapshot.profiles)] : []),
    ...(view.namespace(subject.namespace) ? [] : [unknownNamespace(subject)]),
  ];
}

function unknownClass(subject: PodSubject, name: string, { all }: ProfileTable): Problem {
  const meant = nearest(name, ['gvisor', ...all.flatMap(({ handlers }) => handlers)]);
  return ofSandbox(subject, {
    message: `found RuntimeClass "${name}", expected a well-known one, as no cluster is given`,
    fix: `${meant === undefined ? 'Give' : `Did you mean ${quote(meant)}? Otherwise give`} your RuntimeClasses with --cluster FILE, or a SandboxProfile for the handler of that name with --policy FILE.`,
  });
}

const unknownRuntime = (subject: PodSubject, name: string): Problem =>
  ofSandbox(subject, {
    message: `found runtime ${quote(name)}, expected a well-known one, as no daemon.json says what it starts`,
    fix: 'Give the daemon.json of the host with --docker-daemon FILE.',
  });

/** A problem with the field that names the sandbox. */
const ofSandbox = (subject: PodSubject, said: Pick<Problem, 'message' | 'fix'>): Problem => ({
  severity: 'error',
  object: `${subject.kind}/${subject.name}`,
  ...locate(subject, 'spec.runtimeClassName'),
  ...said,
});

const unknownNamespace = (subject: PodSubject): Problem => ({
  severity: 'error',
  position: subject.document.positionOf(['metadata', 'namespace']),
  object: `${subject.kind}/${subject.name}`,
  path: 'metadata.namespace',
  message: `found namespace "${subject.namespace}", expected one of those that --cluster lists`,
  fix: 'Add the Namespace to the manifests or to the --cluster file, or name another with -n.',
});
