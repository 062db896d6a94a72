import type { KubeObject } from '../../kube/object.ts';
import type { ResourceName } from '../../kube/resources.ts';
import type { CliIo } from '../console/io.ts';
import type { ConnectionOptions } from './connection.ts';

/** A cluster as commands read it: one that answers, or a snapshot. */
export interface ClusterSource {
  /** The name of the kubeconfig's context, now or when the snapshot was saved. */
  readonly context: string;
  /** The file of the snapshot; undefined for a cluster that answers. */
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
