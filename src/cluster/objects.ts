import type { Connection } from '../kube/connect.ts';
import { documentOf } from '../kube/document.ts';
import type { KubeObject, NamedObject, ObjectName } from '../kube/object.ts';
import type { SourceDocument } from '../source/document.ts';
import { API_VERSION, collectionPath, KINDS, type Kind } from '../source/group.ts';
import { isMap, type Mapping } from '../source/mapping.ts';
import { Informer, type Watched } from './live/informer.ts';
import { type LiveHooks, namedHooks } from './live.ts';

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
}

/** A policy, exemption or profile of the cluster. */
export interface LiveObject {
  readonly document: SourceDocument;
  /** The generation that `document` is; 0 where there is none. */
  readonly generation: number;
  /** Of its status, as they were last seen. */
  readonly conditions: readonly Condition[];
  /**
   * Of its status: the version in force where the one written cannot be. Of a policy alone, which only tightens: without
   * their last good versions, exemptions and profiles loosen nothing.
   */
  readonly lastGood: SourceDocument | undefined;
  /** Of the object, for the API. */
  readonly path: string;
}

/** The policies, exemptions and profiles of a cluster. */
export interface LiveObjects {
  all(): readonly LiveObject[];
  /** True once every kind was listed; it stays true. */
  ready(): boolean;
  readonly informers: readonly Pick<Informer<unknown>, 'kind' | 'heard' | 'synced'>[];
  stop(): void;
}

/** How long changes are gathered before they are told: `kubectl apply` of a folder writes one after the other. */
const SETTLE_MS = 100;

/**
 * Starts to list and watch, and returns at once.
 * @param changed is called once all kinds were listed, and after each change of what an object says; not for a condition
 */
export function startLiveObjects(
  connection: Connection,
  hooks: LiveHooks,
  changed: () => void,
  settleMs = SETTLE_MS,
): LiveObjects {
  let told: string | undefined;
  let settling: NodeJS.Timeout | undefined;
  const ready = (): boolean => informers.every(one => one.synced);
  const all = () => informers.flatMap(one => one.all());
  const tell = (): void => {
    settling = undefined;
    const now = all().map(fingerprint).sort().join('\n');
    if (now === told) return;
    told = now;
    changed();
  };
  const settle = (): void => {
    // A set that is half listed would be taken for the whole.
    if (ready()) settling ??= setTimeout(tell, settleMs);
  };
  const informers = KINDS.map(kind => {
    const what = watchedKind(kind);
    return new Informer(connection, what, { ...namedHooks(kind, hooks, settle), listed: settle });
  });
  for (const one of informers) one.start();
  return {
    all,
    ready,
    informers,
    stop: () => {
      clearTimeout(settling);
      for (const one of informers) one.stop();
    },
  };
}

/** A new generation is a new text (apiextensions: with a status subresource, only changes outside of it count). */
const fingerprint = ({ document, generation, lastGood, path }: LiveObject): string =>
  `${path} ${generation} ${JSON.stringify([document.value, lastGood?.value])}`;

function watchedKind(kind: Kind): Watched<LiveObject> {
  return {
    kind,
    path: collectionPath(kind),
    keep: object => liveObject(kind, object),
    // Without its CRD there is none of a kind. A starting API server answers 503 until it knows its CRDs
    // (apiextensions-apiserver, signal CRDInformerHasNotSynced).
    mayBeAbsent: true,
  };
}

function liveObject(kind: Kind, { metadata, spec, status }: NamedObject): LiveObject {
  const { name, namespace, uid, generation } = metadata as ObjectName & Mapping;
  const value = {
    apiVersion: API_VERSION,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }), uid },
    ...(spec !== undefined && { spec }),
  };
  return {
    document: documentOf(value),
    generation: typeof generation === 'number' ? generation : 0,
    conditions: isMap(status) && Array.isArray(status.conditions) ? status.conditions : [],
    lastGood: isMap(status) && keepsLastGood(kind) ? lastGoodOf(value, status.lastGoodSpec) : undefined,
    path: `${collectionPath(kind, namespace)}/${name}`,
  };
}

export const keepsLastGood = (kind: string): boolean => kind.endsWith('SandboxPolicy');

/** As the leader wrote it; what somebody else wrote there may be anything. */
function lastGoodOf(value: KubeObject, spec: unknown): SourceDocument | undefined {
  if (typeof spec !== 'string') return undefined;
  try {
    const read: unknown = JSON.parse(spec);
    return documentOf({ ...value, spec: read });
  } catch {
    return undefined;
  }
}
