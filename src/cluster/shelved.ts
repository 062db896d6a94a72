import { isDeepStrictEqual } from 'node:util';
import { type Load, partOf } from '../policy/share.ts';
import { type Isolation, strongest } from '../profiles/isolation.ts';
import type { LiveObject, Weight } from './live-object.ts';

/** What is held of one policy. */
export interface Entry {
  readonly weight: Weight;
  /** The object, without its spec where the policy is not held; undefined for many. */
  readonly object: LiveObject | undefined;
  readonly isWhole: boolean;
  /** The list that brought it, or the watch after that list. */
  readonly list: number;
}

/** What is held of the SandboxPolicies of one namespace. */
export interface OfNamespace {
  /** The entries by key; of a crowd, some. */
  entries: Map<string, Entry>;
  policies: number;
  /** Sum of the weights; of a crowd, nobody knows. */
  bytes: number;
  /** More policies than a namespace's share: they are counted, and each is forgotten. */
  isCrowd: boolean;
  /** The most that those ask for who are forgotten. */
  most: Isolation;
  /** While a crowd is listed anew, the most that it asked for before. */
  before: Isolation | undefined;
  over: boolean;
}

export const emptyNamespace = (): OfNamespace => ({
  entries: new Map(),
  policies: 0,
  bytes: 0,
  isCrowd: false,
  most: 'host-kernel',
  before: undefined,
  over: false,
});

/** Orders by size as `namespacesRead` does: of two of one size, the one that comes later by name. */
export const isLarger = (
  [name, of]: readonly [string, OfNamespace],
  [other, than]: readonly [string, OfNamespace],
): boolean => {
  const more = partOf(loadOf(of)) - partOf(loadOf(than));
  return more > 0 || (more === 0 && name > other);
};

export const loadOf = ({ policies, bytes }: OfNamespace): Load => ({ policies, bytes });
export const objectsOf = ({ entries }: OfNamespace): readonly LiveObject[] =>
  Array.from(entries.values()).flatMap(({ object }) => object ?? []);

/** Whether all of its share is known; after room was made, it is not before the list is in. */
export const isWhole = ({ over, before, entries }: OfNamespace): boolean =>
  !over && before === undefined && Array.from(entries.values()).every(entry => entry.isWhole);

/** The most that those ask for of which something is held. */
export const mostIn = ({ entries }: OfNamespace): Isolation =>
  Array.from(entries.values()).reduce<Isolation>(
    (most, { weight }) => strongest(most, weight.most),
    'host-kernel',
  );
/** The most that any of them asks for. */
export const mostOf = (of: OfNamespace): Isolation =>
  [of.most, of.before ?? of.most, mostIn(of)].reduce(strongest);

export const saySame = (a: Entry | undefined, b: Entry | undefined): boolean =>
  a?.isWhole === b?.isWhole &&
  isDeepStrictEqual(a?.weight, b?.weight) &&
  isDeepStrictEqual(saidBy(a?.object), saidBy(b?.object));

const saidBy = (object: LiveObject | undefined): unknown =>
  object && [
    object.document.value,
    object.document.standing,
    object.generation,
    object.conditions,
    object.lastGood?.value,
  ];

export function withoutSpec(object: LiveObject): LiveObject {
  const { spec: _, ...value } = object.document.value as Readonly<Record<string, unknown>>;
  return { ...object, document: { ...object.document, value }, lastGood: undefined };
}
