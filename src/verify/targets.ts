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
  /** Names of classes that no node claims, or none that was asked for. */
  readonly nowhere: readonly string[];
}

export interface Wanted {
  /** Names of RuntimeClasses and of nodes; empty: all. */
  readonly classes: readonly string[];
  readonly nodes: readonly string[];
}

/**
 * Each class with each node that claims its handler and that the class selects: its Pods never go to others. Pure.
 *
 * A node that reports no handlers at all (containerd before 2.0) may have any. A Pod of the class can be sent there, so
 * what becomes of it there is worth knowing.
 */
export function targetsOf(
  classes: readonly KubeObject[],
  nodes: readonly KubeObject[],
  wanted: Wanted,
): Targets {
  const candidates = nodes.flatMap(node => {
    const facts = factsOf(node, nodeFacts);
    const info = (node as Loose<V1Node>).status?.nodeInfo;
    return facts && isWanted(facts.name, wanted.nodes) ? [{ facts, info }] : [];
  });
  const chosen = classes
    .flatMap(object => factsOf(object, runtimeClassFacts) ?? [])
    .filter(({ name }) => isWanted(name, wanted.classes));
  const lists = chosen.map(one =>
    candidates.filter(({ facts }) => claims(facts, one)).map(({ facts, info }) => targetOf(one, facts, info)),
  );
  return {
    targets: lists.flat(),
    nowhere: chosen.filter((_, i) => lists[i]?.length === 0).map(({ name }) => name),
  };
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
