import { setTimeout as rest } from 'node:timers/promises';
import type { ClusterView } from '../../cluster/view.ts';
import { decideCreation, type Ground } from '../../decision/ground.ts';
import { attempt } from '../../input/attempt.ts';
import { groupsOf, type RunningPod, readRunningPods } from '../../input/cluster.ts';
import type { Api } from '../../kube/api.ts';
import { pagesOf } from '../../kube/list.ts';
import type { KubeObject } from '../../kube/object.ts';
import { isCut } from '../../kube/object-text.ts';
import type { Isolation } from '../../profiles/isolation.ts';
import { isMap } from '../../source/mapping.ts';
import { slices } from '../../source/turns.ts';
import { type NamespaceCounts, type NamespaceScan, scanNamespace } from './namespace.ts';

/**
 * Less than client-go's 500: a page is looked through without a break, and meanwhile no request is answered. 100 Pods take a
 * few milliseconds.
 */
const PAGE = 100;
const PAGE_MS = 30_000;
/**
 * The least pause between two pages. If the last page took longer, the pause is as long as that, so that half of the processor
 * is left to requests.
 */
const REST_MS = 10;

/**
 * The most values of a Pod, which is also what the webhook reads (admission/handler.ts `LIMITS`). Where the webhook refuses
 * nothing, a larger Pod may be stored: 350,000 empty references to Secrets are 1.4 MB there, and 60 MB here.
 */
const MOST_VALUES = 100_000;

export interface PodScan {
  readonly api: Api;
  /** Milliseconds since the epoch, for exemptions and for the time of a finding. */
  readonly now: number;
  readonly ground: Ground;
  /** Namespaces that no webhook is called for. */
  readonly isOutOfScope: (namespace: string) => boolean;
  /** A namespace is complete. The scan goes on when it resolves. */
  readonly done: (scan: NamespaceScan) => Promise<void>;
  /** @param total of all Pods, as the API server estimates it */
  readonly progress: (pods: number, total: number) => void;
  readonly signal: AbortSignal;
}

export interface PodsScanned {
  readonly namespaces: readonly NamespaceCounts[];
  /** How many Pods were looked at, including those that have ended or are out of scope. */
  readonly pods: number;
}

/**
 * Judges every Pod that runs as if it were created now. Only one page of the cluster, and one namespace, are held at a time:
 * the API server lists by the keys in its storage, where a namespace's Pods stand together.
 * @throws as `Api`, or the error of an API server that lists in another order
 */
export async function scanPods(scan: PodScan): Promise<PodsScanned> {
  const counts: NamespaceCounts[] = [];
  const complete = new Set<string>();
  let current: { readonly namespace: string; readonly scan: NamespaceScan } | undefined;
  let pods = 0;
  const work = slices();
  const finish = async (): Promise<void> => {
    if (!current) return;
    complete.add(current.namespace);
    counts.push(current.scan.counts());
    await scan.done(current.scan);
  };
  const page = { limit: PAGE, mostValues: MOST_VALUES, timeoutMs: PAGE_MS };
  const pages = pagesOf(scan.api, '/api/v1/pods', { ...page, resumes: true, signal: scan.signal });
  for await (const page of pages) {
    work.worked();
    for (const object of page.items) {
      const namespace = namespaceOf(object);
      if (namespace !== current?.namespace) {
        await work.outside(finish);
        if (complete.has(namespace))
          throw new Error('the API server lists the Pods of a namespace in two places');
        current = { namespace, scan: scanNamespace(namespace, Math.floor(scan.now / 1000)) };
      }
      judgeOne(object, namespace, current.scan, scan);
      pods++;
      await work.next();
      scan.signal.throwIfAborted();
    }
    scan.progress(pods, pods + page.remaining);
    if (page.remaining > 0) await rest(Math.max(REST_MS, work.worked()));
  }
  await finish();
  return { namespaces: counts.filter(one => one.pods.length > 0), pods };
}

const namespaceOf = ({ metadata }: KubeObject): string => (isMap(metadata) ? String(metadata.namespace) : '');

function judgeOne(object: KubeObject, namespace: string, into: NamespaceScan, scan: PodScan): void {
  const { ground, now, isOutOfScope } = scan;
  if (!isMap(object.metadata) || object.metadata.deletionTimestamp) return;
  // The namespace is unknown: it was created or deleted since. The next scan will know.
  if (isOutOfScope(namespace) || !ground.view.namespace(namespace)) return;
  const { name, uid } = object.metadata;
  const id = { namespace, name: String(name), uid: String(uid) };
  if (isCut(object)) {
    into.addUnreadable(id, `more than ${MOST_VALUES} values`);
    return;
  }
  const { pods, problems } = readRunningPods([object], NO_CONTROLLERS);
  for (const { path, message } of problems) into.addUnreadable(id, `${path}: ${message}`);
  for (const pod of pods) {
    const attempted = attempt(pod.source, () => decideCreation(pod, ground, now, groupsOf(pod)));
    if ('problem' in attempted) into.addUnreadable(id, attempted.problem.message);
    else into.add({ ...id, decision: attempted.done, isolation: isolationOf(pod, ground) });
  }
}

/** Reports name Pods, not what they belong to. */
const NO_CONTROLLERS = new Map();

/** The isolation that a Pod runs in. Nothing is known of a class that no longer exists, so it counts as the host kernel. */
function isolationOf({ pod }: RunningPod, { snapshot, view }: Ground): Isolation {
  const name = pod.spec?.runtimeClassName;
  const handler = name ? classHandler(view, name) : undefined;
  return handler === undefined ? 'host-kernel' : snapshot.profiles.forHandler(handler).isolation;
}

const classHandler = (view: ClusterView, name: string): string | undefined =>
  view.runtimeClass(name)?.handler;
