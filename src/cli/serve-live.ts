import type { Registry } from 'prom-client';
import type { Logger } from '../admission/log.ts';
import type { GroundSource, Loaded } from '../admission/reload.ts';
import type { LiveCluster } from '../admission/run.ts';
import { type LiveHooks, startLiveView } from '../cluster/live.ts';
import { startLiveObjects } from '../cluster/objects.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { LoadedObjects } from '../controller/changes.ts';
import { feed } from '../controller/feed.ts';
import type { Leader } from '../controller/leader.ts';
import { type ClusterAddress, type Connection, connect } from '../kube/connect.ts';
import { causeOf } from '../kube/error.ts';
import { type Compilation, loadPolicies } from '../policy/load.ts';
import { notRead } from '../policy/share.ts';
import { reasonOf } from '../source/reason.ts';
import { Failure } from './failure.ts';
import { watchedPaths } from './serve-ground.ts';
import type { ServeOptions } from './serve-options.ts';
import { startLeaderWork, type WorkOptions } from './serve-work.ts';

/** A cluster that requests are judged against while it changes, and where its policies come from. */
export interface ServedCluster {
  readonly source: GroundSource;
  readonly cluster: LiveCluster;
  /** Competes for the work that one replica does for all; nothing where no such work was asked for. */
  startWork(options: WorkOptions, registry: Registry): void;
  /** Ends that work, and lets another replica go on with it at once. */
  stopWork(): Promise<void>;
  stop(): void;
}

type LiveOptions = Pick<ServeOptions, 'policy' | 'balanced' | 'kubeconfig' | 'context' | 'inCluster'>;

/**
 * Starts to watch the cluster that the options name; undefined where they name none.
 * @throws Failure where there is no way to a cluster
 */
export async function serveCluster(options: LiveOptions, log: Logger): Promise<ServedCluster | undefined> {
  const address = addressOf(options);
  if (!address) return undefined;
  const connection = await connectTo(address);
  const classes = feed<void>();
  const view = startLiveView(connection, hooksFor(log), () => classes.push());
  const policies = livePolicies(options, connection, view, log);
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

/** The policies of files and of the cluster together. */
function livePolicies(options: LiveOptions, connection: Connection, view: ClusterView, log: Logger) {
  /** Undefined until the webhook runs: whether it can start depends on files alone. */
  let changed: (() => Promise<void>) | undefined;
  let previous: Compilation | undefined;
  let expiry: NodeJS.Timeout | undefined;
  let inForce = false;
  const objects = startLiveObjects(connection, hooksFor(log), () => changed?.());
  const loaded = feed<LoadedObjects>();
  const load = async (): Promise<Loaded> => {
    const ready = changed !== undefined && objects.ready();
    const all = ready ? objects.all() : [];
    const result = await loadPolicies(options.policy, {
      balanced: options.balanced,
      documents: ready ? objects.documents() : [],
      kept: all.flatMap(({ lastGood }) => lastGood ?? []),
      ...(previous && { previous }),
    });
    previous = result;
    inForce ||= ready;
    if (ready) loaded.push({ objects: all, result, stored: objects.all });
    clearTimeout(expiry);
    expiry = setTimeout(() => void changed?.(), untilNextExpiry(result, Date.now())).unref();
    const over = ready ? Array.from(objects.notRead(), one => notRead(...one)) : [];
    return {
      ground: { snapshot: result.snapshot, view },
      problems: [...result.problems, ...over],
      mended: true,
    };
  };
  const onChange = (listener: () => Promise<void>): void => {
    changed = listener;
    if (objects.ready()) void listener();
  };
  return {
    source: { load, paths: watchedPaths(options), onChange },
    loaded,
    /** Whether the objects of the cluster are among what `load` returned. */
    inForce: () => inForce,
    informers: objects.informers,
    stop: () => {
      objects.stop();
      clearTimeout(expiry);
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

/** An exemption that expires stops to waive by itself; its status, and the log, should say so. */
function untilNextExpiry({ snapshot }: Compilation, now: number): number {
  const ahead = snapshot.exemptions.map(({ expires }) => expires - now).filter(wait => wait >= 0);
  return Math.min(MAX_WAIT_MS, ...ahead) + 1;
}

/** What a timer can hold is some 24 days. */
const MAX_WAIT_MS = 24 * 60 * 60 * 1000;

const hooksFor = (log: Logger): LiveHooks => ({
  failed: (what, error) => log.warn({ reason: causeOf(error) }, `${what} failed; it is tried again`),
  recovered: what => log.info(`${what} goes on`),
  beyond: (object, why) =>
    log.warn({ object, reason: why }, 'nothing of it is read, so it fits no Pod, or is not known'),
});
