import type { GroundSource, Loaded } from '../admission/reload.ts';
import type { LiveHooks } from '../cluster/live.ts';
import { type LiveObjects, startLiveObjects } from '../cluster/objects.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { Connection } from '../kube/connect.ts';
import { type Compilation, loadPolicies } from '../policy/load.ts';
import { notRead } from '../policy/share.ts';
import type { LoadedObjects } from './changes.ts';
import { type Feed, feed } from './feed.ts';

/** The policies that lie in files, and how they are loaded. */
export interface PolicyFiles {
  /** Names of built-in policies, files and folders. */
  readonly files: readonly string[];
  readonly balanced: boolean;
  /** Files and folders that are loaded again when they change. */
  readonly watched: readonly string[];
}

export interface LivePolicies {
  readonly source: GroundSource;
  readonly loaded: Feed<LoadedObjects>;
  /** Whether the objects of the cluster are among what `load` returned. */
  inForce(): boolean;
  readonly informers: LiveObjects['informers'];
  stop(): void;
}

/** Loads the policies of files and of the cluster together, while both change. */
export function livePolicies(
  { files, balanced, watched }: PolicyFiles,
  connection: Connection,
  view: ClusterView,
  hooks: LiveHooks,
): LivePolicies {
  /** Undefined until the webhook runs, as only files decide whether it can start. */
  let changed: (() => Promise<void>) | undefined;
  let previous: Compilation | undefined;
  let expiry: NodeJS.Timeout | undefined;
  let inForce = false;
  const objects = startLiveObjects(connection, hooks, () => changed?.());
  const loaded = feed<LoadedObjects>();
  const load = async (): Promise<Loaded> => {
    const ready = changed !== undefined && objects.ready();
    const all = ready ? objects.all() : [];
    const result = await loadPolicies(files, {
      balanced,
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
    source: { load, paths: watched, onChange },
    loaded,
    inForce: () => inForce,
    informers: objects.informers,
    stop: () => {
      objects.stop();
      clearTimeout(expiry);
    },
  };
}

/** The time until the next exemption expires. It then stops waiving by itself, and its status and the log should say so. */
function untilNextExpiry({ snapshot }: Compilation, now: number): number {
  const ahead = snapshot.exemptions.map(({ expires }) => expires - now).filter(wait => wait >= 0);
  return Math.min(MAX_WAIT_MS, ...ahead) + 1;
}

/** A timer holds at most some 24 days. */
const MAX_WAIT_MS = 24 * 60 * 60 * 1000;
