import type { Connection } from '../../kube/connect.ts';
import { KubeError } from '../../kube/error.ts';
import { listAll } from '../../kube/list.ts';
import type { KubeObject } from '../../kube/object.ts';
import { inNamespace, RESOURCES, type Resource, type ResourceName } from '../../kube/resources.ts';
import type { CliIo } from '../console/io.ts';
import { progressOn } from '../console/progress.ts';
import { asFailure } from './connection.ts';
import type { ClusterSource } from './source.ts';

/** kubectl's page size: few round trips, and little enough for the API server to answer at once. */
export const PAGE = 500;

/** The resources that are read in one namespace if one is named. */
export const OF_NAMESPACES: ReadonlySet<ResourceName> = new Set([
  'pods',
  'replicaSets',
  'jobs',
  'deployments',
  'statefulSets',
  'daemonSets',
  'cronJobs',
]);

/**
 * Every object of a resource, counted on standard error as they come.
 * @throws KubeError
 */
export async function fetchAll(
  { api }: Connection,
  name: ResourceName,
  io: CliIo,
  path: string = RESOURCES[name].path,
): Promise<readonly KubeObject[]> {
  const { name: plural, query, metadataOnly, mostValues, pick = asIs }: Resource = RESOURCES[name];
  const progress = progressOn(io, `read ${plural}:`, 0);
  try {
    const options = { query, metadataOnly, mostValues, limit: PAGE, keep: pick, onPage: progress.tick };
    return await listAll(api, path, options);
  } finally {
    progress.end();
  }
}

/** The source for a cluster that answers. */
export const liveSource = (client: Connection): ClusterSource => ({
  context: client.context,
  list: (name, io, namespace) => fetchAll(client, name, io, inNamespace(RESOURCES[name].path, namespace)),
});

const asIs = (object: KubeObject): KubeObject => object;

/**
 * The objects; none where the API server lacks the resource, or where it may not be read, which is reported.
 * @throws Failure where it may not be read, and has to be for a strict answer
 */
export async function fetchIfAllowed(
  source: ClusterSource,
  name: ResourceName,
  io: CliIo,
  {
    namespace,
    isStrict = false,
  }: { readonly namespace?: string | undefined; readonly isStrict?: boolean } = {},
): Promise<readonly KubeObject[]> {
  try {
    return await source.list(name, io, namespace);
  } catch (error) {
    if (!(error instanceof KubeError) || error.status === undefined) throw asFailure(error, name);
    if (error.status === 404) return [];
    if (isStrict) throw asFailure(error, name);
    io.err(`warning: left out: ${error.message}\n`);
    return [];
  }
}

/** @throws Failure when the objects cannot be read */
export async function fetchRequired(
  source: ClusterSource,
  name: ResourceName,
  io: CliIo,
): Promise<readonly KubeObject[]> {
  try {
    return await source.list(name, io);
  } catch (error) {
    throw asFailure(error, name);
  }
}
