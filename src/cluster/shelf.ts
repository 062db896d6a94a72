import { isOver, isOverRoom, type Load, namespacesRead, partOf } from '../policy/share.ts';
import { type Isolation, strongest } from '../profiles/isolation.ts';
import type { LiveObject, Weight } from './live-object.ts';

interface OfNamespace {
  readonly weights: Map<string, Weight>;
  /** Sum of the weights. */
  bytes: number;
  /** By the same keys; of a namespace that is over, some without their spec. */
  objects: Map<string, LiveObject>;
  over: boolean;
}

/** Of a namespace whose policies are not held, so many still have their status written. */
const MOST_TOLD = 100;

/**
 * The SandboxPolicies of a cluster, as far as they are within their share. What is over is let go at once, also while the
 * first list still comes: of those policies, what they weigh is held.
 */
export class Shelf {
  readonly #namespaces = new Map<string, OfNamespace>();
  /** Of the namespaces that are not over. */
  #held = { policies: 0, bytes: 0 };

  /** @param key `namespace/name` */
  put(key: string, weight: Weight, object: LiveObject): void {
    const name = namespaceIn(key);
    const of = this.#namespaces.get(name) ?? {
      weights: new Map(),
      bytes: 0,
      objects: new Map(),
      over: false,
    };
    this.#namespaces.set(name, of);
    this.#weigh(of, key, weight);
    if (!of.over || of.objects.has(key) || of.objects.size < MOST_TOLD)
      of.objects.set(key, of.over ? withoutSpec(object) : object);
    if (!of.over && isOver(loadOf(of))) this.#letGo(of);
    while (isOverRoom(this.#held)) this.#letGo(this.#largest());
  }

  remove(key: string): void {
    const name = namespaceIn(key);
    const of = this.#namespaces.get(name);
    if (!of) return;
    this.#weigh(of, key, undefined);
    of.objects.delete(key);
    if (of.weights.size === 0) this.#namespaces.delete(name);
  }

  /** Those that are in force as they are written, if they are sound. */
  held(): readonly LiveObject[] {
    return this.#all().flatMap(([, of]) => (isWhole(of) ? [...of.objects.values()] : []));
  }

  /** Those that are not, without their spec; of many, some. */
  notHeld(): readonly LiveObject[] {
    return this.#all().flatMap(([, of]) => {
      if (isWhole(of)) return [];
      const most = mostOf(of);
      return Array.from(of.objects.values(), object => ({ ...withoutSpec(object), notRead: most }));
    });
  }

  /** The namespaces of those, with the most that their policies ask for. */
  over(): ReadonlyMap<string, Isolation> {
    return new Map(this.#all().flatMap(([name, of]) => (isWhole(of) ? [] : [[name, mostOf(of)] as const])));
  }

  /** Whether some are not held that are within their share by now, and so have to be listed anew. */
  lacks(): boolean {
    return this.#within().some(of => !isWhole(of));
  }

  /** Before a list: what is within its share is held again. */
  makeRoom(): void {
    for (const of of this.#within()) {
      if (!of.over) continue;
      of.over = false;
      of.objects = new Map();
      this.#held.policies += of.weights.size;
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

  #weigh(of: OfNamespace, key: string, weight: Weight | undefined): void {
    const bytes = (weight?.bytes ?? 0) - (of.weights.get(key)?.bytes ?? 0);
    const policies = of.weights.size;
    if (weight) of.weights.set(key, weight);
    else of.weights.delete(key);
    of.bytes += bytes;
    if (of.over) return;
    this.#held.bytes += bytes;
    this.#held.policies += of.weights.size - policies;
  }

  /** As `namespacesRead` orders them: of two of one size, the one that comes later by name. */
  #largest(): OfNamespace {
    const held = this.#all().filter(([, of]) => !of.over);
    const [, largest] = held.reduce((a, b) => (isLarger(b, a) ? b : a));
    return largest;
  }

  #letGo(of: OfNamespace): void {
    of.over = true;
    of.objects = new Map(
      [...of.objects].slice(0, MOST_TOLD).map(([key, object]) => [key, withoutSpec(object)]),
    );
    this.#held.policies -= of.weights.size;
    this.#held.bytes -= of.bytes;
  }
}

const isLarger = (
  [name, of]: readonly [string, OfNamespace],
  [other, than]: readonly [string, OfNamespace],
): boolean => {
  const more = partOf(loadOf(of)) - partOf(loadOf(than));
  return more > 0 || (more === 0 && name > other);
};

const namespaceIn = (key: string): string => key.slice(0, key.indexOf('/'));
const loadOf = ({ weights, bytes }: OfNamespace): Load => ({ policies: weights.size, bytes });
/** After room was made, it is not before the list is in. */
const isWhole = ({ over, objects, weights }: OfNamespace): boolean => !over && objects.size === weights.size;
const mostOf = ({ weights }: OfNamespace): Isolation =>
  Array.from(weights.values()).reduce<Isolation>((most, one) => strongest(most, one.most), 'host-kernel');

function withoutSpec(object: LiveObject): LiveObject {
  const { spec: _, ...value } = object.document.value as Readonly<Record<string, unknown>>;
  return { ...object, document: { ...object.document, value }, lastGood: undefined };
}
