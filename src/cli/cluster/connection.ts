import type { Command } from 'commander';
import type { Connection } from '../../kube/connect.ts';
import { KubeError } from '../../kube/error.ts';
import { RESOURCES, type ResourceName } from '../../kube/resources.ts';
import { Failure } from '../console/failure.ts';

/** The options of all commands that read a cluster. */
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

/** @throws Failure when the kubeconfig cannot be used */
export async function connectTo(options: ConnectionOptions): Promise<Connection> {
  // It is loaded only now, as a command without a cluster needs no network.
  const { connect } = await import('../../kube/connect.ts');
  try {
    return await connect(options);
  } catch (error) {
    throw asFailure(error);
  }
}

/**
 * A KubeError as a Failure with what to do; anything else unchanged.
 * @param promise what the right to list is not used for
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
