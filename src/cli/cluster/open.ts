import type { Command } from 'commander';
import { Failure } from '../console/failure.ts';
import { addConnectionOptions, connectTo } from './connection.ts';
import type { ClusterSource, SourceOptions } from './source.ts';

/** Adds the options that name a cluster, or a snapshot of one. */
export const addSourceOptions = (command: Command): Command =>
  addConnectionOptions(
    command
      .option('--from-cluster', 'judge the Pods that a cluster runs (with -n, those of one namespace)')
      .option('--snapshot <file>', SNAPSHOT),
  );

export const SNAPSHOT = 'the same, of a cluster that "cofferdam snapshot" has saved';

/** Whether a command is for a cluster, and not for manifests. */
export const isOfCluster = ({ fromCluster, snapshot }: SourceOptions): boolean =>
  fromCluster === true || snapshot !== undefined;

/** The flag that says so. */
export const flagOf = ({ snapshot }: SourceOptions): string =>
  snapshot === undefined ? '--from-cluster' : '--snapshot';

/** What reports say about the source. */
export const placeOf = ({ context, file }: ClusterSource): Pick<ClusterSource, 'context' | 'file'> => ({
  context,
  ...(file !== undefined && { file }),
});

/** @throws Failure where it cannot be read, or two are named */
export async function openSource(options: SourceOptions): Promise<ClusterSource> {
  const { fromCluster, snapshot, kubeconfig, context } = options;
  if (snapshot === undefined) {
    // It is loaded only now: Node's module for HTTPS takes a tenth of the time of reviewing one file.
    const { liveSource } = await import('./fetch.ts');
    return liveSource(await connectTo(options));
  }
  if (fromCluster) {
    throw new Failure('--from-cluster and --snapshot both name a cluster', 'Leave one of them out.');
  }
  if (kubeconfig !== undefined || context !== undefined) {
    throw new Failure(
      '--snapshot takes no --kubeconfig and no --context',
      'It reads what was saved, and asks no cluster: leave them out.',
    );
  }
  // It is loaded only now, as a cluster that answers does not need it.
  const { savedSource } = await import('./saved.ts');
  return savedSource(snapshot);
}
