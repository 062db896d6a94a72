import type { Command } from 'commander';
import { type Connection, connect } from '../kube/connect.ts';
import { KubeError } from '../kube/error.ts';
import { listAll } from '../kube/list.ts';
import type { KubeObject } from '../kube/object.ts';
import { RESOURCES, type Resource, type ResourceName } from '../kube/resources.ts';
import { Failure } from './failure.ts';
import type { CliIo } from './io.ts';
import { progressOn } from './progress.ts';

/** What commands that read a cluster share. */
export interface ConnectionOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
}

export const addConnectionOptions = (command: Command): Command =>
  command
    .option(
      '--kubeconfig <file>',
      'how to reach the cluster (default: $KUBECONFIG, ~/.kube/config, or the service account of the Pod this runs in)',
    )
    .option('--context <name>', 'context of the kubeconfig (default: its current one)');

/** @throws Failure when the kubeconfig is of no use */
export async function connectTo(options: ConnectionOptions): Promise<Connection> {
  try {
    return await connect(options);
  } catch (error) {
    throw asFailure(error);
  }
}

/** As kubectl has it: enough for few round trips, little enough for the API server to do at once. */
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
 * A KubeError as what ends the command, with what to do; anything else as it is.
 * @param promise of what more the right to list is not used for
 */
export function asFailure(
  error: unknown,
  resource?: ResourceName,
  promise = '; nothing is written',
): unknown {
  if (!(error instanceof KubeError)) return error;
  return new Failure(error.message, hintFor(error.status, resource, promise));
}

function hintFor(status: number | undefined, resource: ResourceName | undefined, promise: string): string {
  if (status === 401) return 'The credentials are not accepted: log in to the cluster again.';
  if (status === 403) {
    return resource
      ? `Ask for a ClusterRole with verb list on ${RESOURCES[resource].name}${promise}.`
      : 'Ask whoever runs the cluster for the right to do that.';
  }
  if (status !== undefined) return 'Check that the server is a Kubernetes API server, and try again.';
  return 'Name a kubeconfig with --kubeconfig or $KUBECONFIG, and a context of it with --context.';
}
