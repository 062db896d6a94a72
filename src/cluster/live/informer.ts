import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Api } from '../../kube/api.ts';
import type { Connection } from '../../kube/connect.ts';
import { type ListOptions, listAll, listIfThere } from '../../kube/list.ts';
import { isNamed, keyOf, type NamedObject } from '../../kube/object.ts';
import { type Backoff, DEFAULT_BACKOFF, delayOf } from './backoff.ts';
import { watchFrom } from './watch.ts';

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
  /** A list is in. */
  readonly listed?: () => void;
  /** It cannot watch; told once, until it can again. */
  readonly failed: (error: unknown) => void;
  readonly recovered: () => void;
  readonly backoff?: Backoff;
}

/** A watch that stayed open this long was a good one: the next failure is the first of a new row. */
const STEADY_MS = 10_000;
/** Smaller than client-go's 500: a Node with its images has 12 KiB, and a page is looked through in one piece. */
const PAGE = 100;
const LIST_MS = 30_000;

/**
 * The objects of one kind, kept up by a list and a watch from there on: as client-go's reflector does (tools/cache). Not by
 * the client library's ListWatch, which holds each object whole, and takes 60 MiB with what it loads.
 */
export class Informer<T> {
  readonly kind: string;
  readonly #api: Api;
  readonly #watched: Watched<T>;
  readonly #hooks: InformerHooks;
  readonly #backoff: Backoff;
  readonly #held = new Map<string, T>();
  readonly #stopping = new AbortController();
  #round = new AbortController();
  #failing = false;
  #failures = 0;
  #openSince: number | undefined;
  #synced = false;
  #heard = Date.now();

  constructor({ api }: Pick<Connection, 'api'>, watched: Watched<T>, hooks: InformerHooks) {
    this.kind = watched.kind;
    this.#api = api;
    this.#watched = watched;
    this.#hooks = hooks;
    this.#backoff = hooks.backoff ?? DEFAULT_BACKOFF;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Asks for all objects again, of which `keep` then makes what it makes of them by now. */
  listAnew(): void {
    this.#round.abort();
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

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let version = '';
    while (!signal.aborted) {
      this.#openSince = undefined;
      this.#round = new AbortController();
      try {
        version ||= await this.#list();
        if (!signal.aborted) version = await this.#watch(version);
      } catch (error) {
        if (!signal.aborted) this.#fail(error);
      }
      // Also after a watch that ended in good order: something in between may end each of them at once.
      const delay = delayOf(this.#isSteady() ? 0 : this.#failures++, this.#backoff);
      await sleep(delay, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  #isSteady(): boolean {
    const steady = this.#openSince !== undefined && Date.now() - this.#openSince >= STEADY_MS;
    if (steady) this.#failures = 0;
    return steady;
  }

  async #list(): Promise<string> {
    const { path, mayBeAbsent } = this.#watched;
    const options: ListOptions<string> = {
      // Kept at once: of what was listed, the names alone are held a second time.
      keep: object => (isNamed(object) ? this.#put(object) : undefined),
      ...{ limit: PAGE, timeoutMs: LIST_MS, signal: this.#stopping.signal },
    };
    const { items, metadata } = await (mayBeAbsent ? listIfThere : listAll)(this.#api, path, options);
    const listed = new Set(items);
    for (const key of this.#held.keys()) if (!listed.has(key)) this.#remove(key);
    this.#hear();
    this.#synced = true;
    this.#hooks.listed?.();
    return metadata.resourceVersion;
  }

  async #watch(version: string): Promise<string> {
    const hooks = {
      put: (object: NamedObject) => void this.#put(object),
      remove: (object: NamedObject) => this.#remove(keyOf(object)),
      opened: () => this.#opened(),
      heard: () => {
        this.#hear();
        this.#failures = 0;
      },
    };
    const signal = AbortSignal.any([this.#stopping.signal, this.#round.signal]);
    try {
      return await watchFrom(version, this.#api, this.#watched.path, hooks, signal);
    } catch (error) {
      if (this.#round.signal.aborted) return '';
      throw error;
    }
  }

  /** What did not change stays the same object: most updates of Nodes are heartbeats. @returns its key where it is of use */
  #put(object: NamedObject): string | undefined {
    const key = keyOf(object);
    const facts = this.#watched.keep(object);
    if (facts === undefined) {
      this.#remove(key);
      return undefined;
    }
    const before = this.#held.get(key);
    if (before === undefined || !isDeepStrictEqual(before, facts)) {
      this.#held.set(key, facts);
      this.#hooks.changed(key);
    }
    return key;
  }

  #remove(key: string): void {
    if (this.#held.delete(key)) this.#hooks.changed(key);
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
    if (!this.#failing) this.#hooks.failed(error);
    this.#failing = true;
  }
}
