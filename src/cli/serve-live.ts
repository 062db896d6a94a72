import type { Logger } from '../admission/log.ts';
import type { GroundSource, Loaded } from '../admission/reload.ts';
import type { LiveCluster } from '../admission/run.ts';
import { type ClusterAddress, type Connection, connect } from '../cluster/live/connect.ts';
import { type LiveHooks, startLiveView } from '../cluster/live.ts';
import { startLiveObjects } from '../cluster/objects.ts';
import { statusWriter } from '../controller/status.ts';
import { type Compilation, loadPolicies } from '../policy/load.ts';
import { Failure } from './failure.ts';
import { watchedPaths } from './serve-ground.ts';
import type { ServeOptions } from './serve-options.ts';
import { reasonOf } from './serve-tls.ts';

/** A cluster that requests are judged against while it changes, and where its policies come from. */
export interface ServedCluster {
  readonly source: GroundSource;
  readonly cluster: LiveCluster;
  stop(): void;
}

type LiveOptions = Pick<ServeOptions, 'policy' | 'balanced' | 'kubeconfig' | 'inCluster' | 'status'>;

/**
 * Starts to watch the cluster that the options name; undefined where they name none.
 * @throws Failure where there is no way to a cluster
 */
export async function serveCluster(options: LiveOptions, log: Logger): Promise<ServedCluster | undefined> {
  const address = addressOf(options);
  if (!address) return undefined;
  const connection = await connectTo(address);
  /** Undefined until the webhook runs: whether it can start depends on files alone. */
  let changed: (() => void) | undefined;
  let previous: Compilation | undefined;
  /** The objects are part of what requests are judged against. */
  let complete = false;
  const hooks = hooksFor(log);
  const view = startLiveView(connection, hooks);
  const objects = startLiveObjects(connection, hooks, () => changed?.());
  const status = options.status && statusWriter(connection.api, statusHooks(log));
  const load = async (): Promise<Loaded> => {
    const ready = changed !== undefined && objects.ready();
    const all = ready ? objects.all() : [];
    const result = await loadPolicies(options.policy, {
      balanced: options.balanced,
      objects: all.map(({ document }) => document),
      ...(previous && { previous }),
    });
    previous = result;
    complete ||= ready;
    status?.update(all, result);
    return { ground: { snapshot: result.snapshot, view }, problems: result.problems, mended: true };
  };
  const onChange = (listener: () => void): void => {
    changed = listener;
    if (objects.ready()) listener();
  };
  return {
    source: { load, paths: watchedPaths(options), onChange },
    cluster: {
      ready: () => view.ready() && complete,
      findNamespace: view.namespaceOrFetch,
      watches: [...view.informers, ...objects.informers],
    },
    stop: () => {
      view.stop();
      objects.stop();
      status?.stop();
    },
  };
}

function addressOf({ kubeconfig, inCluster }: LiveOptions): ClusterAddress | undefined {
  if (inCluster) return { inCluster };
  return kubeconfig === undefined ? undefined : { kubeconfig };
}

async function connectTo(address: ClusterAddress): Promise<Connection> {
  try {
    return await connect(address);
  } catch (error) {
    throw new Failure(`cannot tell which cluster to watch: ${reasonOf(error)}`, 'Check --kubeconfig.');
  }
}

const hooksFor = (log: Logger): LiveHooks => ({
  failed: (what, error) => log.warn({ reason: reasonOf(error) }, `${what} failed; it is tried again`),
  recovered: what => log.info(`${what} goes on`),
});

const statusHooks = (log: Logger) => ({
  now: Date.now,
  failed: (object: string, error: unknown) =>
    log.warn({ object, reason: reasonOf(error) }, 'a status could not be written; it is tried again'),
});
