import type { V1Node } from '@kubernetes/client-node';
import { factsOf, nodeFacts, runtimeClassFacts } from '../cluster/facts.ts';
import { hasLabels } from '../cluster/labels.ts';
import type { NodeFacts, RuntimeClassFacts } from '../cluster/view.ts';
import type { KubeObject } from '../kube/object.ts';
import type { Loose } from '../pod/kube.ts';
import type { HostKernel } from './classify.ts';

/** A class on a node that claims its handler. */
export interface Target {
  readonly runtimeClass: string;
  readonly handler: string;
  readonly node: string;
  readonly kernel: HostKernel;
  /** Why no Pod of the class can run there now. */
  readonly obstacle: string | undefined;
}

export interface Targets {
  readonly targets: readonly Target[];
  /** The names of classes that no node claims, or no node that was asked for. */
  readonly nowhere: readonly string[];
  /** The other nodes that have the handlers of `targets`, which were not asked for. */
  readonly leftOut: readonly Target[];
}

export interface Wanted {
  /** The names of RuntimeClasses and of nodes; empty for all. */
  readonly classes: readonly string[];
  readonly nodes: readonly string[];
}

/**
 * Each class with each node that claims its handler and that the class selects, as its Pods never go to others. Pure. A node
 * that reports no handlers at all (containerd before 2.0) may have any: a Pod of the class may be sent there, so its result is
 * worth knowing.
 */
export function targetsOf(
  classes: readonly KubeObject[],
  nodes: readonly KubeObject[],
  wanted: Wanted,
): Targets {
  const candidates = nodes.flatMap(node => {
    const facts = factsOf(node, nodeFacts);
    return facts ? [{ facts, info: (node as Loose<V1Node>).status?.nodeInfo }] : [];
  });
  const known = classes.flatMap(object => factsOf(object, runtimeClassFacts) ?? []);
  const all = known.flatMap(one =>
    candidates.filter(({ facts }) => claims(facts, one)).map(({ facts, info }) => targetOf(one, facts, info)),
  );
  const targets = all.filter(
    ({ runtimeClass, node }) => isWanted(runtimeClass, wanted.classes) && isWanted(node, wanted.nodes),
  );
  const somewhere = new Set(targets.map(({ runtimeClass }) => runtimeClass));
  return {
    targets,
    nowhere: known
      .map(({ name }) => name)
      .filter(name => isWanted(name, wanted.classes) && !somewhere.has(name)),
    leftOut: leftOutOf(all, targets),
  };
}

/** Each handler of `targets` on each node that has none of them. */
function leftOutOf(all: readonly Target[], targets: readonly Target[]): readonly Target[] {
  const placeOf = ({ handler, node }: Target): string => `${handler}/${node}`;
  const handlers = new Set(targets.map(({ handler }) => handler));
  const places = new Set(targets.map(placeOf));
  const others = all.filter(target => handlers.has(target.handler) && !places.has(placeOf(target)));
  return [...new Map(others.map(target => [placeOf(target), target])).values()];
}

const claims = (node: NodeFacts, { handler, nodeSelector }: RuntimeClassFacts): boolean =>
  (node.handlers?.some(({ name }) => name === handler) ?? true) && hasLabels(node.labels, nodeSelector);

const isWanted = (name: string, names: readonly string[]): boolean =>
  names.length === 0 || names.includes(name);

type NodeInfo = NonNullable<Loose<V1Node>['status']>['nodeInfo'];

function targetOf({ name, handler }: RuntimeClassFacts, node: NodeFacts, info: NodeInfo): Target {
  return {
    runtimeClass: name,
    handler,
    node: node.name,
    kernel: {
      name: `node ${node.name}`,
      release: info?.kernelVersion || undefined,
      bootId: info?.bootID?.toLowerCase() || undefined,
    },
    obstacle: obstacleOf(node, info),
  };
}

function obstacleOf(node: NodeFacts, info: NodeInfo): string | undefined {
  if (info && info.operatingSystem !== 'linux') return `the node runs ${info.operatingSystem}, not Linux`;
  return node.ready ? undefined : 'the node is not ready';
}
