import { isDeepStrictEqual } from 'node:util';
import { type Load, partOf } from '../policy/share.ts';
import { type Isolation, strongest } from '../profiles/isolation.ts';
import type { LiveObject, Weight } from './live-object.ts';

/** What is held of one policy. */
export interface Entry {
  readonly weight: Weight;
  /** The object, without its spec where the policy is not held; undefined for most of those. */
  readonly object: LiveObject | undefined;
  readonly isWhole: boolean;
  /** The number of the list that brought it, or of the list before the watch that did. */
  readonly list: number;
}

/** What is held of the SandboxPolicies of one namespace. */
export interface OfNamespace {
  /** The entries by key; in a crowd, only some. */
  entries: Map<string, Entry>;
  policies: number;
  /** The sum of the weights; in a crowd, it is not known. */
  bytes: number;
  /** True with more policies than the share of a namespace: they are counted, and each is forgotten. */
  isCrowd: boolean;
  /** The most that the forgotten ones ask for. */
  most: Isolation;
  /** The most that a crowd asked for before, while it is listed again. */
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

/** Orders by size, like `namespacesRead`: of two of the same size, the one with the later name is larger. */
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

/** Whether all of its share is known; after room was made, that is not so before the list is complete. */
export const isWhole = ({ over, before, entries }: OfNamespace): boolean =>
  !over && before === undefined && Array.from(entries.values()).every(entry => entry.isWhole);

/** The most that policies with an entry ask for. */
export const mostIn = ({ entries }: OfNamespace): Isolation =>
  Array.from(entries.values()).reduce<Isolation>(
    (most, { weight }) => strongest(most, weight.most),
    'host-kernel',
  );
/** The most that any of its policies asks for. */
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
