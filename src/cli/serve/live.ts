import type { Registry } from 'prom-client';
import type { GroundSource } from '../../admission/reload.ts';
import type { LiveCluster } from '../../admission/run.ts';
import { type LiveHooks, startLiveView } from '../../cluster/live.ts';
import { feed } from '../../controller/feed.ts';
import type { Leader } from '../../controller/leader.ts';
import { livePolicies } from '../../controller/live-policies.ts';
import { type ClusterAddress, type Connection, connect } from '../../kube/connect.ts';
import { causeOf } from '../../kube/error.ts';
import type { Logger } from '../../log/logger.ts';
import { reasonOf } from '../../source/reason.ts';
import { Failure } from '../console/failure.ts';
import { watchedPaths } from './ground.ts';
import type { ServeOptions } from './options.ts';
import { startLeaderWork, type WorkOptions } from './work.ts';

/** A changing cluster that requests are judged against, and its policies. */
export interface ServedCluster {
  readonly source: GroundSource;
  readonly cluster: LiveCluster;
  /** Competes for the work that one replica does for all; does nothing where no such work was asked for. */
  startWork(options: WorkOptions, registry: Registry): void;
  /** Ends that work, and lets another replica continue at once. */
  stopWork(): Promise<void>;
  stop(): void;
}

type LiveOptions = Pick<ServeOptions, 'policy' | 'balanced' | 'kubeconfig' | 'context' | 'inCluster'>;

/**
 * Starts to watch the cluster that the options name; undefined where they name none.
 * @throws Failure where the cluster cannot be reached
 */
export async function serveCluster(options: LiveOptions, log: Logger): Promise<ServedCluster | undefined> {
  const address = addressOf(options);
  if (!address) return undefined;
  const connection = await connectTo(address);
  const classes = feed<void>();
  const view = startLiveView(connection, hooksFor(log), () => classes.push());
  const policies = livePolicies(
    { files: options.policy, balanced: options.balanced, watched: watchedPaths(options) },
    connection,
    view,
    hooksFor(log),
  );
  let leader: Leader | undefined;
  return {
    source: policies.source,
    cluster: {
      ready: () => view.ready() && policies.inForce(),
      findNamespace: view.namespaceOrFetch,
      watches: [...view.informers, ...policies.informers],
    },
    startWork: (asked, registry) => {
      const { loaded } = policies;
      leader = startLeaderWork(asked, { connection, view, policies: loaded, classes, log, registry });
    },
    stopWork: async () => leader?.stop(),
    stop: () => {
      view.stop();
      policies.stop();
    },
  };
}

function addressOf({ kubeconfig, context, inCluster }: LiveOptions): ClusterAddress | undefined {
  if (inCluster) return { inCluster };
  return kubeconfig === undefined ? undefined : { kubeconfig, context };
}

async function connectTo(address: ClusterAddress): Promise<Connection> {
  try {
    return await connect(address);
  } catch (error) {
    throw new Failure(
      `cannot tell which cluster to watch: ${reasonOf(error)}`,
      'inCluster' in address
        ? 'Run it in a Pod, as the chart does, or name a kubeconfig with --kubeconfig FILE.'
        : 'Check --kubeconfig and --context.',
    );
  }
}

const hooksFor = (log: Logger): LiveHooks => ({
  failed: (what, error) => log.warn({ reason: causeOf(error) }, `${what} failed; it is tried again`),
  recovered: what => log.info(`${what} goes on`),
  beyond: (object, why) =>
    log.warn({ object, reason: why }, 'nothing of it is read, so it fits no Pod, or is not known'),
});
