import type { Connection } from '../kube/connect.ts';
import { keyOf } from '../kube/object.ts';
import { isCut } from '../kube/object-text.ts';
import { MOST_VALUES } from '../kube/resources.ts';
import { standIn } from '../policy/share.ts';
import type { Isolation } from '../profiles/isolation.ts';
import type { SourceDocument } from '../source/document.ts';
import { collectionPath, KINDS, type Kind } from '../source/group.ts';
import { restAfter } from '../source/rest.ts';
import { fingerprint } from './fingerprint.ts';
import { Informer } from './live/informer.ts';
import { HeldObjects, type Store } from './live/store.ts';
import { type LiveHooks, namedHooks } from './live.ts';
import { type LiveObject, liveObject, weightOf } from './live-object.ts';
import { Shelf } from './shelf.ts';
import { telling } from './telling.ts';

/** The policies, exemptions and profiles of a cluster. */
export interface LiveObjects {
  /** All objects; of a namespace with more than its share, only some. */
  all(): readonly LiveObject[];
  /** The documents to compile; those namespaces have a stand-in for their policies. */
  documents(): readonly SourceDocument[];
  /** Those namespaces, with the isolation that every Pod there needs. */
  notRead(): ReadonlyMap<string, Isolation>;
  /** True once every kind has been listed; it stays true. */
  ready(): boolean;
  readonly informers: readonly Pick<Informer, 'kind' | 'heard' | 'synced'>[];
  stop(): void;
}

/** How long changes are gathered before they are reported: `kubectl apply` of a folder writes one object after the other. */
const SETTLE_MS = 100;
/** The pause between lists of SandboxPolicies that are needed because some of them are within their share again. */
const REFILL_MS = 5000;

/**
 * Starts to list and watch, and returns at once.
 * @param changed called once all kinds are listed, and after each change in the content of an object, but not for a condition.
 *   It resolves when the objects are in force; changes of SandboxPolicies are reported so seldom that this takes a tenth of the
 *   time
 */
export function startLiveObjects(
  connection: Connection,
  hooks: LiveHooks,
  changed: () => void | Promise<void>,
  settleMs = SETTLE_MS,
): LiveObjects {
  let told: string | undefined;
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
  const tell = async (): Promise<void> => {
    // Somebody who adds a policy too many, and removes it again, could cause each of these lists.
    if (shelf.lacks()) refilling ??= setTimeout(refill, told === undefined ? 0 : pauseMs);
    const now = fingerprint(documents(), all());
    if (now === told) return;
    told = now;
    await changed();
  };
  const refill = (): void => {
    refilling = undefined;
    listingSince = performance.now();
    shelf.makeRoom();
    namespaced.listAnew();
  };
  const { soon, stop } = telling(tell, settleMs);
  // A half-listed set would be taken for all of it.
  const byOperator = (): void => (ready() ? soon('operator') : undefined);
  const byTenant = (): void => (ready() ? soon('tenant') : undefined);
  const listed = (): void => {
    if (listingSince !== undefined)
      pauseMs = Math.max(REFILL_MS, restAfter(performance.now() - listingSince));
    listingSince = undefined;
    byTenant();
  };
  const namespaced = new Informer(
    connection,
    { ...collectionOf('SandboxPolicy'), mostValues: MOST_VALUES },
    storeOnto(shelf, byTenant, listed),
    namedHooks('SandboxPolicy', hooks),
  );
  const others = OF_OPERATORS.map(
    kind =>
      new HeldObjects<LiveObject>({
        keep: (object, before) => liveObject(kind, object, before),
        changed: byOperator,
        listed: byOperator,
      }),
  );
  const informers = [
    namespaced,
    ...OF_OPERATORS.map((kind, i) => {
      const store = others[i] as HeldObjects<LiveObject>;
      return new Informer(connection, collectionOf(kind), store, namedHooks(kind, hooks));
    }),
  ];
  for (const one of informers) one.start();
  return {
    all,
    documents,
    notRead: () => shelf.over(),
    ready,
    informers,
    stop: () => {
      stop();
      clearTimeout(refilling);
      for (const one of informers) one.stop();
    },
  };
}

const OF_OPERATORS = KINDS.filter(kind => kind !== 'SandboxPolicy');

/** Puts SandboxPolicies onto the shelf, which holds what there is room for. */
const storeOnto = (shelf: Shelf, changed: () => void, listed: () => void): Store => ({
  listing: () => shelf.listing(),
  put: (object, isNew) => {
    const key = keyOf(object);
    // The status of a cut object is not known, so it would seem that nothing was reported there yet.
    const live = isCut(object) ? undefined : liveObject('SandboxPolicy', object, shelf.get(key));
    if (shelf.put(key, weightOf(object), live, isNew)) changed();
  },
  remove: object => {
    if (shelf.remove(keyOf(object))) changed();
  },
  listed: () => {
    shelf.listed();
    listed();
  },
});

const collectionOf = (kind: Kind) => ({
  kind,
  path: collectionPath(kind),
  // A kind without its CRD has no objects. A starting API server answers 503 until it knows its CRDs (apiextensions-apiserver,
  // signal CRDInformerHasNotSynced).
  mayBeAbsent: true,
});
