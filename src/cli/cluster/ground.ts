import { listedDocuments } from '../../cluster/listed.ts';
import { readCluster } from '../../cluster/static.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { Ground } from '../../decision/ground.ts';
import { documentOf } from '../../kube/document.ts';
import type { KubeObject } from '../../kube/object.ts';
import { OWN_RESOURCES } from '../../kube/resources.ts';
import { loadPolicies } from '../../policy/load.ts';
import type { Snapshot } from '../../policy/policy.ts';
import type { SourceDocument } from '../../source/document.ts';
import { Failure } from '../console/failure.ts';
import type { CliIo } from '../console/io.ts';
import { chunksOf, isError, tell } from '../console/tell.ts';
import { fetchIfAllowed, fetchRequired } from './fetch.ts';
import type { ClusterSource } from './source.ts';

/** The objects of a cluster that bear on decisions. */
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
 * What Pods of a cluster are judged against: its classes, nodes and namespaces, and the policies in it and those given.
 * @throws Failure when policies that were given are broken; a broken one in the cluster is not in force, which is reported
 */
export async function clusterGround(
  objects: DecidingObjects,
  options: PolicyOptions,
  io: CliIo,
): Promise<Ground> {
  return { snapshot: await policiesOf(objects.own, options, io), view: viewOf(objects, io) };
}

/**
 * The policies in force.
 * @param options with `asIfApplied`, those given replace those of the same names in the cluster
 * @throws as `clusterGround`
 */
export async function policiesOf(
  own: readonly KubeObject[],
  { policy = [], balanced, asIfApplied = false }: PolicyOptions & { readonly asIfApplied?: boolean },
  io: CliIo,
): Promise<Snapshot> {
  const { documents, problems: over } = listedDocuments(own);
  const { snapshot, problems } = await loadPolicies(policy, {
    balanced,
    asIfApplied,
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

/**
 * Reads these objects; policies that may not be read are left out, unless the answer has to be strict.
 * @throws Failure when the cluster cannot be read
 */
export async function deciding(source: ClusterSource, io: CliIo, isStrict = false): Promise<DecidingObjects> {
  const own: (readonly KubeObject[])[] = [];
  for (const name of OWN_RESOURCES) own.push(await fetchIfAllowed(source, name, io, { isStrict }));
  return {
    runtimeClasses: await fetchRequired(source, 'runtimeClasses', io),
    nodes: await fetchRequired(source, 'nodes', io),
    namespaces: await fetchRequired(source, 'namespaces', io),
    own: own.flat(),
  };
}

/** @throws Failure where a named namespace does not exist in the cluster */
export function requireNamespace(
  namespace: string | undefined,
  view: ClusterView,
  { context, file }: Pick<ClusterSource, 'context' | 'file'>,
): void {
  if (namespace === undefined || view.namespace(namespace)) return;
  const where = file === undefined ? `context ${context}` : file;
  throw new Failure(`there is no namespace ${JSON.stringify(namespace)} in ${where}`);
}
