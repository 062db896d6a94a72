import { isOver, isOverRoom, type Load, namespacesRead, SHARE } from '../policy/share.ts';
import { type Isolation, strongest } from '../profiles/isolation.ts';
import type { LiveObject, Weight } from './live-object.ts';
import {
  emptyNamespace,
  isLarger,
  isWhole,
  loadOf,
  mostIn,
  mostOf,
  type OfNamespace,
  objectsOf,
  saySame,
  withoutSpec,
} from './shelved.ts';

/** How many policies that are not held still have their status written: in one namespace, and in all. */
const MOST_TOLD = { ofNamespace: SHARE.policies, ofAll: 1000 } as const;

/**
 * The SandboxPolicies of a cluster, as far as they are within their share. Policies beyond it are dropped at once, even while
 * the first list is still coming, and only their weight is held. If a namespace has more policies than its share allows, only
 * their number and what they ask for are held, so that no number of them takes memory.
 */
export class Shelf {
  readonly #namespaces = new Map<string, OfNamespace>();
  /** What is held for the namespaces that are within their share. */
  #held = { policies: 0, bytes: 0 };
  #told = 0;
  #list = 0;
  #isListing = false;

  /** A list begins. A crowd is weighed again, as deletions may have made it small. */
  listing(): void {
    this.#list++;
    this.#isListing = true;
    for (const of of this.#namespaces.values()) {
      if (!of.isCrowd && of.before === undefined) continue;
      of.before = mostOf(of);
      for (const key of of.entries.keys()) this.#drop(of, key);
      // A small one is held at once; nothing of a large one is held before it is known to be small.
      if (of.isCrowd) of.over = of.policies > SHARE.policies;
      of.isCrowd = false;
      of.policies = 0;
      of.most = 'host-kernel';
    }
  }

  /** The list is complete, so whatever it did not bring is gone. */
  listed(): void {
    this.#isListing = false;
    for (const [name, of] of this.#namespaces) {
      of.before = undefined;
      for (const [key, { list }] of of.entries) if (list !== this.#list) this.#drop(of, key);
      if (!of.isCrowd && of.policies === 0) this.#namespaces.delete(name);
    }
  }

  /**
   * The policy that is held under a key.
   * @param key `namespace/name`
   */
  get(key: string): LiveObject | undefined {
    return this.#namespaces.get(namespaceIn(key))?.entries.get(key)?.object;
  }

  /**
   * @param object undefined where it was not read; it then weighs more than a share
   * @param isNew false for one that existed before
   * @returns whether anything that listeners use may have changed
   */
  put(key: string, weight: Weight, object: LiveObject | undefined, isNew: boolean): boolean {
    const name = namespaceIn(key);
    const of = this.#namespaces.get(name) ?? emptyNamespace();
    this.#namespaces.set(name, of);
    const before = of.entries.get(key);
    const most = mostOf(of);
    if (of.isCrowd) this.#putInCrowd(of, key, weight, object, isNew);
    else this.#weigh(of, key, weight, object);
    while (isOverRoom(this.#held)) this.#letGo(this.#largest());
    return most !== mostOf(of) || !saySame(before, of.entries.get(key));
  }

  /** @returns whether anything that listeners use may have changed */
  remove(key: string): boolean {
    const name = namespaceIn(key);
    const of = this.#namespaces.get(name);
    if (!of) return false;
    const known = of.entries.has(key);
    this.#drop(of, key);
    if (of.isCrowd) {
      of.policies--;
      return known || of.policies <= SHARE.policies;
    }
    // A crowd whose count has reached zero is gone only once a list says so.
    if (of.policies === 0) this.#namespaces.delete(name);
    return known;
  }

  /** The policies that are held, and so are in force as they are written if they are sound. */
  held(): readonly LiveObject[] {
    return this.#all().flatMap(([, of]) => (isWhole(of) ? objectsOf(of) : []));
  }

  /** The policies that are not held, without their spec; some of them, where there are many. */
  notHeld(): readonly LiveObject[] {
    return this.#all().flatMap(([, of]) => {
      if (isWhole(of)) return [];
      const notRead = mostOf(of);
      return objectsOf(of).map(object => ({ ...withoutSpec(object), notRead }));
    });
  }

  /** The namespaces of those that are not held, with the most that their policies ask for. */
  over(): ReadonlyMap<string, Isolation> {
    return new Map(this.#all().flatMap(([name, of]) => (isWhole(of) ? [] : [[name, mostOf(of)] as const])));
  }

  /** Whether some policies that are not held are within their share by now, and so have to be listed again. */
  lacks(): boolean {
    if (this.#isListing) return false;
    return (
      this.#within().some(of => !isWhole(of)) ||
      this.#all().some(([, of]) => of.isCrowd && of.policies <= SHARE.policies)
    );
  }

  /** Called before a list, so that what is within its share can be held again. */
  makeRoom(): void {
    for (const of of this.#within()) {
      if (!of.over || of.isCrowd) continue;
      of.over = false;
      this.#held.policies += of.policies;
      this.#held.bytes += of.bytes;
    }
  }

  #all(): readonly (readonly [string, OfNamespace])[] {
    return [...this.#namespaces];
  }

  #within(): readonly OfNamespace[] {
    const read = namespacesRead(new Map(this.#all().map(([name, of]) => [name, loadOf(of)])));
    return this.#all().flatMap(([name, of]) => (read.has(name) ? [of] : []));
  }

  #weigh(of: OfNamespace, key: string, weight: Weight, object: LiveObject | undefined): void {
    this.#drop(of, key);
    this.#add(of, { policies: 1, bytes: weight.bytes });
    this.#enter(of, key, weight, object);
    if (!of.over && isOver(loadOf(of))) this.#letGo(of);
    if (this.#certain(of) > SHARE.policies) this.#makeCrowd(of, key);
  }

  /** How many there certainly are: while a list is coming, those that it has brought. */
  #certain({ policies, entries }: OfNamespace): number {
    if (!this.#isListing || policies <= SHARE.policies) return policies;
    return Array.from(entries.values()).filter(({ list }) => list === this.#list).length;
  }

  #putInCrowd(
    of: OfNamespace,
    key: string,
    weight: Weight,
    object: LiveObject | undefined,
    isNew: boolean,
  ): void {
    if (isNew) of.policies++;
    of.most = strongest(of.most, weight.most);
    if (!of.entries.has(key) && of.entries.size >= MOST_TOLD.ofNamespace) return;
    this.#drop(of, key);
    this.#enter(of, key, weight, object);
  }

  /** @param last the key of the one too many */
  #makeCrowd(of: OfNamespace, last: string): void {
    // Those that the list has not brought yet are counted when it does.
    if (this.#isListing) {
      of.before = mostOf(of);
      for (const [key, { list }] of of.entries) if (list !== this.#list) this.#drop(of, key);
    }
    of.most = mostIn(of);
    of.isCrowd = true;
    of.bytes = 0;
    this.#drop(of, last);
  }

  #enter(of: OfNamespace, key: string, weight: Weight, object: LiveObject | undefined): void {
    const isWhole = !of.over && object !== undefined;
    of.entries.set(key, {
      weight,
      object: isWhole ? object : this.#toTell(object),
      isWhole,
      list: this.#list,
    });
  }

  /** Adds it to those whose status is written, as long as there is room. */
  #toTell(object: LiveObject | undefined): LiveObject | undefined {
    if (!object || this.#told >= MOST_TOLD.ofAll) return undefined;
    this.#told++;
    return withoutSpec(object);
  }

  /** Forgets what is known of a policy; in a crowd, it is still counted. */
  #drop(of: OfNamespace, key: string): void {
    const entry = of.entries.get(key);
    if (!entry) return;
    of.entries.delete(key);
    if (!entry.isWhole && entry.object) this.#told--;
    if (!of.isCrowd) this.#add(of, { policies: -1, bytes: -entry.weight.bytes });
  }

  #add(of: OfNamespace, { policies, bytes }: Load): void {
    of.policies += policies;
    of.bytes += bytes;
    if (of.over) return;
    this.#held.policies += policies;
    this.#held.bytes += bytes;
  }

  #largest(): OfNamespace {
    const held = this.#all().filter(([, of]) => !of.over);
    const [, largest] = held.reduce((a, b) => (isLarger(b, a) ? b : a));
    return largest;
  }

  #letGo(of: OfNamespace): void {
    this.#held.policies -= of.policies;
    this.#held.bytes -= of.bytes;
    of.over = true;
    const entries = of.entries;
    of.entries = new Map();
    for (const [key, { weight, object, isWhole, list }] of entries) {
      if (!isWhole && object) this.#told--;
      of.entries.set(key, { weight, object: this.#toTell(object), isWhole: false, list });
    }
  }
}

const namespaceIn = (key: string): string => key.slice(0, key.indexOf('/'));
