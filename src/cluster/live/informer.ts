import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { ListWatch } from '@kubernetes/client-node';
import type { Connection } from '../../kube/connect.ts';
import { type ListOptions, listAll, listIfThere } from '../../kube/list.ts';
import { isNamed, keyOf, type NamedObject, type ObjectName } from '../../kube/object.ts';
import { type Backoff, DEFAULT_BACKOFF, delayOf } from './backoff.ts';
import { cuttingWatch } from './watch.ts';

export interface Watched<T> {
  readonly kind: string;
  /** Of the collection, such as `/api/v1/nodes`. */
  readonly path: string;
  /** The part that is used; undefined where the object is of no use. */
  readonly keep: (object: NamedObject) => T | undefined;
  /** True for a kind that the cluster may not have: then there are no objects of it. */
  readonly mayBeAbsent?: boolean;
}

export interface InformerHooks {
  /** Something that is used has changed in the object of this key. Called for each object: it should do little. */
  readonly changed: (key: string) => void;
  /** The first list is in. */
  readonly listed?: () => void;
  /** It cannot watch; told once, until it can again. */
  readonly failed: (error: unknown) => void;
  readonly recovered: () => void;
  readonly backoff?: Backoff;
}

/** What ListWatch caches. */
interface Cached<T> {
  readonly metadata: ObjectName;
  readonly facts: T;
}

/** A watch that stayed open this long was a good one: the next failure is the first of a new row. */
const STEADY_MS = 10_000;
/** Smaller than client-go's 500: a Node with its images has 12 KiB, and what a page takes stays in resident memory. */
const PAGE = 100;
const LIST_MS = 30_000;

/**
 * The objects of one kind, kept up by the library's ListWatch. That lists and watches, resumes, and lists anew after
 * 410 Gone; it stops at any other error, so starting it again, with backoff, is done here.
 */
export class Informer<T> {
  readonly kind: string;
  readonly #hooks: InformerHooks;
  readonly #list: ListWatch<Cached<T>>;
  readonly #held = new Map<string, T>();
  readonly #stopping = new AbortController();
  #retry: NodeJS.Timeout | undefined;
  #failing = false;
  #failures = 0;
  #openSince: number | undefined;
  #synced = false;
  #heard = Date.now();

  constructor(connection: Connection, { kind, path, keep, mayBeAbsent }: Watched<T>, hooks: InformerHooks) {
    this.kind = kind;
    this.#hooks = hooks;
    const cut = (object: NamedObject) => this.#cut(object, keep);
    const watch = cuttingWatch(connection, {
      keep: cut,
      opening: () => this.#listed(),
      opened: () => this.#opened(),
      heard: () => this.#hear(),
      stopped: () => this.#stopping.signal.aborted,
    });
    const options: ListOptions<Cached<T>> = {
      keep: object => (isNamed(object) ? cut(object) : undefined),
      ...{ limit: PAGE, timeoutMs: LIST_MS, signal: this.#stopping.signal },
    };
    const list = async () => {
      const listed = await (mayBeAbsent ? listIfThere : listAll)(connection.api, path, options);
      this.#hear();
      return listed;
    };
    const { longestMs } = hooks.backoff ?? DEFAULT_BACKOFF;
    this.#list = new connection.library.ListWatch(path, watch, list, false, undefined, undefined, {
      // Its own delay grows to 30 s where something in between ends quiet connections.
      delayFn: milliseconds => sleep(Math.min(milliseconds, longestMs), undefined, { ref: false }),
    });
    this.#list.on('add', object => this.#put(object));
    this.#list.on('update', object => this.#put(object));
    this.#list.on('delete', object => this.#remove(object));
    this.#list.on('error', error => this.#fail(error));
  }

  start(): void {
    void this.#list.start();
  }

  stop(): void {
    this.#stopping.abort();
    clearTimeout(this.#retry);
    void this.#list.stop();
  }

  /** True once everything was listed; it stays true. */
  get synced(): boolean {
    return this.#synced;
  }

  /** When the API server last gave a sign: a list, an opened watch, an event, a bookmark. Milliseconds since the epoch. */
  get heard(): number {
    return this.#heard;
  }

  /** @param key `name`, or `namespace/name` */
  get(key: string): T | undefined {
    return this.#held.get(key);
  }

  all(): readonly T[] {
    return [...this.#held.values()];
  }

  /** What did not change stays the same object: most updates of Nodes are heartbeats. */
  #cut(object: NamedObject, keep: Watched<T>['keep']): Cached<T> | undefined {
    const facts = keep(object);
    if (facts === undefined) return undefined;
    const { name, namespace, resourceVersion } = object.metadata;
    const before = this.#held.get(keyOf(object));
    return {
      metadata: { name, ...(namespace && { namespace }), ...(resourceVersion && { resourceVersion }) },
      facts: before !== undefined && isDeepStrictEqual(before, facts) ? before : facts,
    };
  }

  #put(object: Cached<T>): void {
    const key = keyOf(object);
    if (this.#held.get(key) === object.facts) return;
    this.#held.set(key, object.facts);
    this.#hooks.changed(key);
  }

  #remove(object: Pick<NamedObject, 'metadata'>): void {
    const key = keyOf(object);
    if (this.#held.delete(key)) this.#hooks.changed(key);
  }

  #listed(): void {
    if (this.#synced) return;
    this.#synced = true;
    this.#hooks.listed?.();
  }

  #hear(): void {
    this.#heard = Date.now();
  }

  #opened(): void {
    this.#hear();
    this.#openSince = this.#heard;
    if (this.#failing) this.#hooks.recovered();
    this.#failing = false;
  }

  #fail(error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    const steady = this.#openSince !== undefined && Date.now() - this.#openSince >= STEADY_MS;
    this.#openSince = undefined;
    if (steady) this.#failures = 0;
    if (!this.#failing) this.#hooks.failed(error);
    this.#failing = true;
    clearTimeout(this.#retry);
    const delay = delayOf(this.#failures++, this.#hooks.backoff ?? DEFAULT_BACKOFF);
    this.#retry = setTimeout(() => this.start(), delay);
  }
}
