import type { Connection } from '../../kube/connect.ts';
import { KubeError } from '../../kube/error.ts';
import { listAll } from '../../kube/list.ts';
import type { KubeObject } from '../../kube/object.ts';
import { RESOURCES, type Resource, type ResourceName } from '../../kube/resources.ts';
import type { CliIo } from '../console/io.ts';
import { progressOn } from '../console/progress.ts';
import { asFailure } from './connection.ts';

/** kubectl's page size: few round trips, and little enough for the API server to answer at once. */
const PAGE = 500;

/** Every object of a resource, counted on standard error while they come. @throws KubeError */
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

const asIs = (object: KubeObject): KubeObject => object;

/**
 * Nothing where the API server does not have the resource, or where it may not be read, which is told.
 * @throws Failure where it may not be read, and that is strictly asked for
 */
export async function fetchIfAllowed(
  client: Connection,
  name: ResourceName,
  io: CliIo,
  { path, isStrict = false }: { readonly path?: string; readonly isStrict?: boolean } = {},
): Promise<readonly KubeObject[]> {
  try {
    return await fetchAll(client, name, io, path);
  } catch (error) {
    if (!(error instanceof KubeError) || error.status === undefined) throw asFailure(error, name);
    if (error.status === 404) return [];
    if (isStrict) throw asFailure(error, name);
    io.err(`warning: left out: ${error.message}\n`);
    return [];
  }
}

/** @throws Failure when it cannot be read */
export async function fetchRequired(
  client: Connection,
  name: ResourceName,
  io: CliIo,
): Promise<readonly KubeObject[]> {
  try {
    return await fetchAll(client, name, io);
  } catch (error) {
    throw asFailure(error, name);
  }
}
