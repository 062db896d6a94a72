import { createHash } from 'node:crypto';
import type { Connection } from '../kube/connect.ts';
import { keyOf } from '../kube/object.ts';
import { standIn } from '../policy/share.ts';
import type { Isolation } from '../profiles/isolation.ts';
import type { SourceDocument } from '../source/document.ts';
import { collectionPath, KINDS, type Kind } from '../source/group.ts';
import { Informer, type Watched } from './live/informer.ts';
import { type LiveHooks, namedHooks } from './live.ts';
import { type LiveObject, liveObject, type Weight, weightOf } from './live-object.ts';
import { Shelf } from './shelf.ts';

/** The policies, exemptions and profiles of a cluster. */
export interface LiveObjects {
  /** Of namespaces with more than their share, some. */
  all(): readonly LiveObject[];
  /** What is to be compiled: of those namespaces, what stands in for their policies. */
  documents(): readonly SourceDocument[];
  /** Those namespaces, with the isolation that every Pod there needs. */
  notRead(): ReadonlyMap<string, Isolation>;
  /** True once every kind was listed; it stays true. */
  ready(): boolean;
  readonly informers: readonly Pick<Informer<unknown>, 'kind' | 'heard' | 'synced'>[];
  stop(): void;
}

/** How long changes are gathered before they are told: `kubectl apply` of a folder writes one after the other. */
const SETTLE_MS = 100;
/** How far apart SandboxPolicies are listed anew because some of them are within their share again. */
const REFILL_MS = 5000;
/** Who adds a policy too many and takes it away again makes each list: the pause after one is so many times as long as it took. */
const PAUSE_TIMES = 9;

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
  let refilling: NodeJS.Timeout | undefined;
  let listingSince: number | undefined;
  let pauseMs = REFILL_MS;
  const shelf = new Shelf();
  const ready = (): boolean => informers.every(one => one.synced);
  const all = () => [...others.flatMap(one => one.all()), ...shelf.held(), ...shelf.notHeld()];
  const documents = () => [
    ...all().flatMap(({ document, notRead }) => (notRead === undefined ? [document] : [])),
    ...Array.from(shelf.over(), ([namespace, most]) => standIn(namespace, most)),
  ];
  const tell = (): void => {
    settling = undefined;
    if (shelf.lacks()) refilling ??= setTimeout(refill, told === undefined ? 0 : pauseMs);
    const now = fingerprint(documents(), all());
    if (now === told) return;
    told = now;
    changed();
  };
  const refill = (): void => {
    refilling = undefined;
    listingSince = performance.now();
    shelf.makeRoom();
    namespaced.listAnew();
  };
  const settle = (): void => {
    // A set that is half listed would be taken for the whole.
    if (ready()) settling ??= setTimeout(tell, settleMs);
  };
  const namespaced = new Informer(connection, watchedOnto(shelf), {
    ...namedHooks('SandboxPolicy', hooks, key => {
      if (namespaced.get(key) === undefined) shelf.remove(key);
      settle();
    }),
    listed: () => {
      if (listingSince !== undefined)
        pauseMs = Math.max(REFILL_MS, PAUSE_TIMES * (performance.now() - listingSince));
      listingSince = undefined;
      settle();
    },
  });
  const others = KINDS.filter(kind => kind !== 'SandboxPolicy').map(
    kind =>
      new Informer(connection, watchedKind(kind), { ...namedHooks(kind, hooks, settle), listed: settle }),
  );
  const informers = [namespaced, ...others];
  for (const one of informers) one.start();
  return {
    all,
    documents,
    notRead: () => shelf.over(),
    ready,
    informers,
    stop: () => {
      clearTimeout(settling);
      clearTimeout(refilling);
      for (const one of informers) one.stop();
    },
  };
}

/** Of what all of them say. */
function fingerprint(documents: readonly SourceDocument[], objects: readonly LiveObject[]): string {
  const lines = [
    ...documents.map(({ position, value }) => digestOf([position.file, value])),
    // A new generation is a new text (apiextensions: with a status subresource, only changes outside of it count).
    ...objects.map(({ path, generation, lastGood }) => digestOf([path, generation, lastGood?.value])),
  ];
  return digestOf(lines.sort());
}

const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64');

const watchedKind = (kind: Kind): Watched<LiveObject> => ({
  ...collectionOf(kind),
  keep: object => liveObject(kind, object),
});

/** Of each SandboxPolicy, what it weighs, and what tells it from its other versions; itself, it goes onto the shelf. */
const watchedOnto = (shelf: Shelf): Watched<Weight & { readonly digest: string }> => ({
  ...collectionOf('SandboxPolicy'),
  keep: object => {
    const live = liveObject('SandboxPolicy', object);
    const weight = weightOf(object);
    shelf.put(keyOf(object), weight, live);
    const { generation, lastGood, conditions } = live;
    return { ...weight, digest: digestOf([generation, object.spec, lastGood?.value, conditions]) };
  },
});

const collectionOf = (kind: Kind) => ({
  kind,
  path: collectionPath(kind),
  // Without its CRD there is none of a kind. A starting API server answers 503 until it knows its CRDs
  // (apiextensions-apiserver, signal CRDInformerHasNotSynced).
  mayBeAbsent: true,
});
