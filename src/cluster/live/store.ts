import { isDeepStrictEqual } from 'node:util';
import { keyOf, type NamedObject } from '../../kube/object.ts';

/** Receives the objects of one kind while they are listed and watched. */
export interface Store {
  /** A list begins, which will put all objects. It may break off; then another one begins. */
  listing(): void;
  /** @param isNew false where a watch says that the object existed before */
  put(object: NamedObject, isNew: boolean): void;
  remove(object: NamedObject): void;
  /** The list is complete, so whatever was not in it is gone. */
  listed(): void;
}

export interface HeldHooks<T> {
  /**
   * The part of an object that is used; undefined where none is.
   * @param before the part that was held
   */
  readonly keep: (object: NamedObject, before: T | undefined) => T | undefined;
  /** Called when a used part of the object with this key has changed. It runs for each object, so it should do little. */
  readonly changed: (key: string) => void;
  readonly listed?: () => void;
}

/** Holds the used part of each object. */
export class HeldObjects<T> implements Store {
  readonly #hooks: HeldHooks<T>;
  readonly #held = new Map<string, T>();
  /** The keys of the objects that a list has brought so far. */
  #listed: Set<string> | undefined;

  constructor(hooks: HeldHooks<T>) {
    this.#hooks = hooks;
  }

  /** @param key `name`, or `namespace/name` */
  get(key: string): T | undefined {
    return this.#held.get(key);
  }

  all(): readonly T[] {
    return [...this.#held.values()];
  }

  listing(): void {
    this.#listed = new Set();
  }

  /** A part that has not changed stays the same object: most updates of Nodes are heartbeats. */
  put(object: NamedObject): void {
    const key = keyOf(object);
    const before = this.#held.get(key);
    const facts = this.#hooks.keep(object, before);
    if (facts === undefined) {
      this.#delete(key);
      return;
    }
    this.#listed?.add(key);
    if (before !== undefined && isDeepStrictEqual(before, facts)) return;
    this.#held.set(key, facts);
    this.#hooks.changed(key);
  }

  remove(object: NamedObject): void {
    this.#delete(keyOf(object));
  }

  listed(): void {
    for (const key of this.#held.keys()) if (!this.#listed?.has(key)) this.#delete(key);
    this.#listed = undefined;
    this.#hooks.listed?.();
  }

  #delete(key: string): void {
    if (this.#held.delete(key)) this.#hooks.changed(key);
  }
}
