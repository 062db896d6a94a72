import type { V1Node, V1RuntimeClass } from '@kubernetes/client-node';
import { readCluster } from '../cluster/static.ts';
import type { NodeFacts, RuntimeClassFacts } from '../cluster/view.ts';
import type { StringMap } from '../pod/kube.ts';
import type { SourceDocument } from '../source/document.ts';
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
 * Each class with each node that claims its handler, by `status.runtimeHandlers` or, where a node reports none, by the
 * class's nodeSelector. A class that selects nodes is not looked for on others: its Pods never go there. Pure.
 */
export function targetsOf(
  classes: readonly V1RuntimeClass[],
  nodes: readonly V1Node[],
  wanted: Wanted,
): Targets {
  const items = [
    ...classes.map(object => documentOf({ ...object, kind: 'RuntimeClass' })),
    ...nodes.map(object => documentOf({ ...object, kind: 'Node' })),
  ];
  const { view } = readCluster(items);
  const infos = new Map(nodes.map(node => [node.metadata?.name, node.status?.nodeInfo]));
  const chosen = view.runtimeClasses().filter(({ name }) => isWanted(name, wanted.classes));
  const lists = chosen.map(one =>
    (view.nodesFor(one.handler) ?? [])
      .filter(node => selects(one.nodeSelector, node.labels) && isWanted(node.name, wanted.nodes))
      .map(node => targetOf(one, node, infos.get(node.name))),
  );
  return {
    targets: lists.flat(),
    nowhere: chosen.filter((_, i) => lists[i]?.length === 0).map(({ name }) => name),
  };
}

const documentOf = (value: object): SourceDocument => {
  const position = { file: 'the cluster' };
  return { value, position, positionOf: () => position };
};

const isWanted = (name: string, names: readonly string[]): boolean =>
  names.length === 0 || names.includes(name);

const selects = (selector: StringMap, labels: StringMap): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

type NodeInfo = NonNullable<V1Node['status']>['nodeInfo'];

function targetOf({ name, handler }: RuntimeClassFacts, node: NodeFacts, info: NodeInfo): Target {
  return {
    runtimeClass: name,
    handler,
    node: node.name,
    kernel: {
      name: `node ${node.name}`,
      release: info?.kernelVersion || undefined,
      bootId: info?.bootID.toLowerCase() || undefined,
    },
    obstacle: obstacleOf(node, info),
  };
}

function obstacleOf(node: NodeFacts, info: NodeInfo): string | undefined {
  if (info && info.operatingSystem !== 'linux') return `the node runs ${info.operatingSystem}, not Linux`;
  return node.ready ? undefined : 'the node is not ready';
}
