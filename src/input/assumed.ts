import { WELL_KNOWN_RUNTIMES } from '../cluster/docker.ts';
import { NodeIndex } from '../cluster/node-index.ts';
import { BUILTIN_CANDIDATES, type ClusterView, type RuntimeClassFacts } from '../cluster/view.ts';
import type { Decision } from '../decision/decision.ts';
import { decideCreation, type Ground } from '../decision/ground.ts';
import type { CompiledPolicy, Snapshot } from '../policy/policy.ts';
import type { PodSubject } from './subjects.ts';

/** What is not known of the cluster, and was assumed. */
export interface Assumed {
  /** RuntimeClasses that were assumed to exist; none if the cluster's are known. */
  readonly classes: readonly string[];
  /** Whether every class was assumed to have a ready node. */
  readonly nodes: boolean;
  /** Namespaces of which only the name is known, and which were assumed to have no labels. */
  readonly namespaces: readonly string[];
  /** Runtimes of a Docker daemon that were assumed to exist, for services of Compose files; left out if none were. */
  readonly runtimes?: readonly string[];
}

/** A subject with what was decided on it. */
export interface Judged {
  readonly subject: PodSubject;
  readonly decision: Decision;
}

/** The part of a judged subject that tells what was assumed. */
interface Seen {
  readonly subject: Pick<PodSubject, 'namespace'>;
  readonly decision: Decision;
}

/** What the decisions on these subjects assumed. */
export function assumedFor(all: readonly Seen[], { view }: Ground): Assumed {
  // A Pod beyond the bounds is rejected in any cluster.
  const judged = all.filter(({ decision }) => !decision.excess);
  if (judged.length === 0) return { classes: [], nodes: false, namespaces: [] };
  if (view.docker) {
    const runtimes = view.docker.isAssumed ? WELL_KNOWN_RUNTIMES : [];
    return { classes: [], nodes: false, namespaces: [], ...(runtimes.length > 0 && { runtimes }) };
  }
  const tried = judged.flatMap(({ decision }) => decision.placement.map(step => step.runtimeClass));
  const there = tried.filter(name => view.runtimeClass(name));
  const names = judged.map(({ subject }) => subject.namespace);
  return {
    classes: view.builtin ? [...new Set([...BUILTIN_CANDIDATES, ...there])] : [],
    nodes: !view.builtin && !view.nodes(),
    namespaces: [...new Set(names)].filter(name => view.namespace(name)?.assumed),
  };
}

/** The same, for subjects of which some are judged against a cluster and some against a Docker daemon. */
export function assumedIn(all: readonly Judged[], groundOf: (subject: PodSubject) => Ground): Assumed {
  const byGround = Map.groupBy(all, ({ subject }) => groundOf(subject));
  const parts = [...byGround].map(([ground, some]) => assumedFor(some, ground));
  const runtimes = parts.flatMap(part => part.runtimes ?? []);
  return {
    classes: parts.flatMap(({ classes }) => classes),
    nodes: parts.some(({ nodes }) => nodes),
    namespaces: parts.flatMap(({ namespaces }) => namespaces),
    ...(runtimes.length > 0 && { runtimes }),
  };
}

/**
 * Whether another cluster, or a controller that adds to a partly known Pod, could change this verdict: it is decided again
 * under what could be there instead.
 */
export function restsOnAssumed({ subject, decision }: Judged, ground: Ground, now: number): boolean {
  const { verdict } = decision;
  if (subject.isFragment && verdict !== 'reject') return true;
  return othersOf(subject.namespace, ground).some(
    other => decideCreation(subject, other, now).verdict !== verdict,
  );
}

/** The extreme grounds that are possible. */
function othersOf(namespace: string, ground: Ground): readonly Ground[] {
  const { snapshot, view } = ground;
  if (view.docker) return view.docker.isAssumed ? [{ snapshot, view: withClasses(view, []) }] : [];
  const classes = view.builtin ? [withClasses(view, []), withClasses(view, view.runtimeClasses())] : [];
  const nodes =
    view.builtin || view.nodes() ? [] : [withNodes(view, []), withNodes(view, [featureless(view)])];
  const isAssumed = view.namespace(namespace)?.assumed;
  return [
    ...[...classes, ...nodes].map(other => ({ snapshot, view: other })),
    ...(isAssumed
      ? [
          // Its labels could ask for anything, or exclude it from policies.
          { snapshot, view: { ...view, namespace: () => undefined } },
          { snapshot: withoutNamespaces(snapshot), view },
        ]
      : []),
  ];
}

const withClasses = (view: ClusterView, classes: readonly RuntimeClassFacts[]): ClusterView => ({
  ...view,
  builtin: false,
  runtimeClasses: () => classes,
  runtimeClass: name => classes.find(one => one.name === name),
});

type Node = Parameters<NodeIndex['put']>[0];

function withNodes(view: ClusterView, nodes: readonly Node[]): ClusterView {
  const index = new NodeIndex(nodes, view.runtimeClasses());
  return { ...view, nodes: () => index };
}

/** A node with every handler, but without any optional feature. */
const featureless = (view: ClusterView): Node => ({
  name: 'featureless',
  labels: {},
  taints: [],
  ready: true,
  unschedulable: false,
  handlers: view
    .runtimeClasses()
    .map(({ handler }) => ({ name: handler, userNamespaces: false, recursiveReadOnlyMounts: false })),
});

/** The policies for a namespace that no selector matches, and for which no rule is true. */
const withoutNamespaces = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  policies: snapshot.policies.filter(({ selectors }) => !selectors.namespace).map(withoutRules),
});

const withoutRules = (policy: CompiledPolicy): CompiledPolicy => ({
  ...policy,
  rules: policy.rules.filter(({ expression }) => !expression.includes('namespaceObject')),
});
