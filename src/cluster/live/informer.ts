import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../../kube/api.ts';
import type { Connection } from '../../kube/connect.ts';
import { hasStatus, KubeError } from '../../kube/error.ts';
import { pagesOf } from '../../kube/list.ts';
import { isNamed } from '../../kube/object.ts';
import { slices } from '../../source/turns.ts';
import { type Backoff, DEFAULT_BACKOFF, delayOf } from './backoff.ts';
import type { Store } from './store.ts';
import { type Watched, watchFrom } from './watch.ts';

export interface InformerHooks {
  /** Called once when it cannot watch, and again only after it has been able to for a while. */
  readonly failed: (error: unknown) => void;
  readonly recovered: () => void;
  readonly backoff?: Backoff;
}

/** The page size of client-go; a page of large objects has fewer. Requests have their turn between pages. */
const PAGE = 500;
const LIST_MS = 30_000;
/** How often in a row a kind that existed has to be missing before that is believed, as a proxy in between may say so, too. */
const MISSING = 5;

/**
 * Keeps a store in step with the objects of one kind, by a list and a watch from there on, like client-go's reflector
 * (tools/cache). The client library's ListWatch would hold each object whole, and loads 60 MiB.
 */
export class Informer {
  readonly kind: string;
  readonly #api: Api;
  readonly #watched: Watched;
  readonly #store: Store;
  readonly #hooks: InformerHooks;
  readonly #backoff: Backoff;
  readonly #stopping = new AbortController();
  #round = new AbortController();
  #anew = false;
  #failing = false;
  #failures = 0;
  /** Whether the kind existed at the last list, and how often in a row it has not since. */
  #exists = false;
  #missing = 0;
  #steady: NodeJS.Timeout | undefined;
  #synced = false;
  #heard = Date.now();

  constructor({ api }: Pick<Connection, 'api'>, watched: Watched, store: Store, hooks: InformerHooks) {
    this.kind = watched.kind;
    this.#api = api;
    this.#watched = watched;
    this.#store = store;
    this.#hooks = hooks;
    this.#backoff = hooks.backoff ?? DEFAULT_BACKOFF;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Lists all objects again, as the store would now read them differently. */
  listAnew(): void {
    this.#anew = true;
    this.#round.abort();
  }

  /** True once everything has been listed; it stays true. */
  get synced(): boolean {
    return this.#synced;
  }

  /** When the API server last gave a sign (a list, an opened watch, an event, a bookmark), in milliseconds since the epoch. */
  get heard(): number {
    return this.#heard;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let version = '';
    while (!signal.aborted) {
      this.#round = new AbortController();
      if (this.#anew) version = '';
      this.#anew = false;
      let askedMs = 0;
      try {
        version ||= await this.#list();
        if (!signal.aborted) version = await this.#watch(version);
      } catch (error) {
        if (!signal.aborted) this.#fail(error);
        askedMs = (error instanceof KubeError && error.retryMs) || 0;
      }
      clearTimeout(this.#steady);
      // It also waits after a watch that ended in good order, or brought something, as each watch may end at once.
      const delay = delayOf(this.#anew ? 0 : this.#failures++, this.#backoff);
      await sleep(Math.max(delay, askedMs), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #list(): Promise<string> {
    const version = await this.#listPages().catch(error => this.#listOtherwise(error));
    this.#exists = version !== '';
    this.#missing = 0;
    this.#hear();
    this.#synced = true;
    this.#store.listed();
    return version;
  }

  async #listOtherwise(error: unknown): Promise<string> {
    // The list was compacted away between two pages. client-go asks for it as one page then (tools/pager), but nobody knows how
    // large that is.
    if (hasStatus(error, 410)) return this.#listPages();
    this.#missing = hasStatus(error, 404) ? this.#missing + 1 : 0;
    if (!this.#watched.mayBeAbsent || this.#missing < (this.#exists ? MISSING : 1)) throw error;
    this.#store.listing();
    return '';
  }

  async #listPages(): Promise<string> {
    const { path, mostValues } = this.#watched;
    const options = { limit: PAGE, mostValues, timeoutMs: LIST_MS, signal: this.#stopping.signal };
    const { next } = slices();
    let version = '';
    this.#store.listing();
    for await (const page of pagesOf(this.#api, path, options)) {
      version = page.resourceVersion;
      for (const object of page.items) {
        if (isNamed(object)) this.#store.put(object, true);
        await next();
      }
    }
    return version;
  }

  async #watch(version: string): Promise<string> {
    const hooks = {
      store: this.#store,
      opened: () => this.#opened(),
      heard: () => this.#hear(),
      failed: (error: unknown) => this.#fail(error),
    };
    const signal = AbortSignal.any([this.#stopping.signal, this.#round.signal]);
    try {
      return await watchFrom(version, this.#api, this.#watched, hooks, signal);
    } catch (error) {
      if (this.#round.signal.aborted) return '';
      throw error;
    }
  }

  #hear(): void {
    this.#heard = Date.now();
  }

  #opened(): void {
    this.#hear();
    this.#steady = setTimeout(() => this.#recover(), this.#backoff.steadyMs).unref();
  }

  #recover(): void {
    this.#failures = 0;
    if (this.#failing) this.#hooks.recovered();
    this.#failing = false;
  }

  #fail(error: unknown): void {
    if (!this.#failing) this.#hooks.failed(error);
    this.#failing = true;
  }
}
