import { listedDocuments } from '../cluster/listed.ts';
import { readCluster } from '../cluster/static.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { Ground } from '../input/judge.ts';
import type { Connection } from '../kube/connect.ts';
import { documentOf } from '../kube/document.ts';
import type { KubeObject } from '../kube/object.ts';
import { OWN_RESOURCES, type ResourceName } from '../kube/resources.ts';
import { loadPolicies } from '../policy/load.ts';
import type { Snapshot } from '../policy/policy.ts';
import type { SourceDocument } from '../source/document.ts';
import { asFailure, fetchAll } from './connection.ts';
import { Failure } from './failure.ts';
import { chunksOf, isError, tell } from './ground.ts';
import type { CliIo } from './io.ts';
import { optional } from './running.ts';

/** What decides, of the objects of a cluster. */
export interface DecidingObjects {
  readonly runtimeClasses: readonly KubeObject[];
  readonly nodes: readonly KubeObject[];
  readonly namespaces: readonly KubeObject[];
  /** Policies, exemptions and profiles; none where the project is not installed. */
  readonly own: readonly KubeObject[];
}

export interface PolicyOptions {
  readonly policy?: readonly string[];
  readonly balanced: boolean;
}

/**
 * What Pods of a cluster are judged against: its classes, nodes and namespaces, the policies in it, and those given.
 * @throws Failure when the policies given are broken; a broken one in the cluster is not in force, and told
 */
export async function clusterGround(
  objects: DecidingObjects,
  options: PolicyOptions,
  io: CliIo,
): Promise<Ground> {
  return { snapshot: await policiesOf(objects.own, options, io), view: viewOf(objects, io) };
}

async function policiesOf(
  own: readonly KubeObject[],
  { policy = [], balanced }: PolicyOptions,
  io: CliIo,
): Promise<Snapshot> {
  const { documents, problems: over } = listedDocuments(own);
  const { snapshot, problems } = await loadPolicies(policy, {
    balanced,
    stdin: chunksOf(io.stdin),
    documents,
  });
  tell([...problems, ...over], io);
  const inCluster = new Set(documents.map(({ position }) => position.file));
  if (problems.some(problem => isError(problem) && !inCluster.has(problem.position.file))) {
    throw new Failure('the policies have problems, so nothing was judged');
  }
  return snapshot;
}

function viewOf({ runtimeClasses, nodes, namespaces }: DecidingObjects, io: CliIo): ClusterView {
  const documents: SourceDocument[] = [...runtimeClasses, ...nodes, ...namespaces].map(documentOf);
  const { view, problems } = readCluster(documents);
  tell(problems, io);
  return view;
}

/** Reads them, of policies those that may be read unless that is strict. @throws Failure when the cluster cannot be read */
export async function deciding(client: Connection, io: CliIo, isStrict = false): Promise<DecidingObjects> {
  const own: KubeObject[] = [];
  for (const name of OWN_RESOURCES) own.push(...(await optional(client, name, io, { isStrict })));
  return {
    runtimeClasses: await required(client, 'runtimeClasses', io),
    nodes: await required(client, 'nodes', io),
    namespaces: await required(client, 'namespaces', io),
    own,
  };
}

async function required(client: Connection, name: ResourceName, io: CliIo): Promise<readonly KubeObject[]> {
  try {
    return await fetchAll(client, name, io);
  } catch (error) {
    throw asFailure(error, name);
  }
}
