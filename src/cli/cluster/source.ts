import type { KubeObject } from '../../kube/object.ts';
import type { ResourceName } from '../../kube/resources.ts';
import type { CliIo } from '../console/io.ts';
import type { ConnectionOptions } from './connection.ts';

/** A cluster as commands read it: one that answers, or what was saved of one. */
export interface ClusterSource {
  /** Name of the kubeconfig's context, of then where it was saved. */
  readonly context: string;
  /** The snapshot that it was saved to; undefined for a cluster that answers. */
  readonly file?: string;
  /**
   * Every object of a resource, in all namespaces or in one.
   * @throws KubeError where it cannot be read
   */
  list(name: ResourceName, io: CliIo, namespace?: string): Promise<readonly KubeObject[]>;
}

/** Where a command reads a cluster from. */
export interface SourceOptions extends ConnectionOptions {
  readonly fromCluster?: true;
  readonly snapshot?: string;
}
