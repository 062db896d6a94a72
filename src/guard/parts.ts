import type { Cel } from '../signals/cel.ts';
import { texts } from '../signals/guards.ts';
import { joined, lookUp } from './cel.ts';
import type { Variable } from './object.ts';

/** What goes into the guard for one policy. If it has a namespace, requests of other namespaces need not look at it. */
export interface Part<T> {
  readonly namespace: string | undefined;
  readonly value: T;
}

/** How parts become a variable. */
interface Form {
  /** The name of the variable. */
  readonly name: string;
  readonly join: (parts: readonly Cel[]) => Cel;
  /** CEL that stands for no parts at all. */
  readonly none: Cel;
}

interface Gathering<T> extends Form {
  /** The CEL of one part; undefined where it adds nothing. */
  readonly write: (value: T) => Cel | undefined;
}

/**
 * The most characters of one variable. Twice the length takes the API server more than twice as long to compile, and a variable
 * for namespaces other than the request's is not evaluated. Even so, each variable costs a request half a microsecond.
 */
const MAX_CHARACTERS = 3_000;

/** All parts in one variable, which refers to others where there are many. */
export function gather<T>(
  parts: readonly Part<T>[],
  { name, write, join, none }: Gathering<T>,
): readonly Variable[] {
  const byNamespace = Map.groupBy(parts, ({ namespace }) => namespace);
  const written = Array.from(byNamespace, ([namespace, ofOne]) => ({
    namespace,
    cel: ofOne.map(({ value }) => write(value)).filter(cel => cel !== undefined),
  }));
  const everywhere = written.filter(one => one.namespace === undefined).flatMap(({ cel }) => cel);
  const own = written.flatMap(({ namespace, cel }) =>
    namespace === undefined || cel.length === 0 ? [] : [{ namespace, cel }],
  );
  const expressions = [
    ...chunks(everywhere, cel => cel.length).map(join),
    ...chunks(own, sizeOf).map(
      chunk =>
        `request.namespace in ${texts(chunk.map(({ namespace }) => namespace))} ? ${join(chunk.flatMap(({ cel }) => cel))} : ${none}`,
    ),
  ];
  return inOne(expressions, { name, join, none });
}

/** What each namespace has, in one variable: the value for the request's namespace, or `none`. */
export function byNamespace(
  entries: readonly (readonly [namespace: string, cel: Cel])[],
  form: Form,
): readonly Variable[] {
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const expressions = chunks(sorted, ([namespace, { length }]) => namespace.length + length).map(chunk =>
    lookUp(chunk, 'request.namespace', form.none),
  );
  return inOne(expressions, form);
}

/** A list of strings in one variable. */
export const stringsIn = (name: string, strings: readonly string[]): readonly Variable[] =>
  inOne(chunks(strings, ({ length }) => length).map(texts), { name, join: joined, none: "['']" });

/** One expression becomes the variable itself; several become variables of their own, which it refers to. */
function inOne(expressions: readonly Cel[], { name, join, none }: Form): readonly Variable[] {
  if (expressions.length <= 1) return [{ name, expression: expressions[0] ?? none }];
  const variables = expressions.map((expression, i) => ({ name: `${name}${i}`, expression }));
  return [...variables, { name, expression: join(variables.map(one => `variables.${one.name}`)) }];
}

interface Own {
  readonly namespace: string;
  readonly cel: readonly Cel[];
}
const sizeOf = ({ namespace, cel }: Own): number =>
  cel.reduce((sum, { length }) => sum + length, namespace.length);

/** Cuts items into chunks in their order. An item that is larger than a chunk has one to itself. */
function chunks<T>(items: readonly T[], size: (item: T) => number): readonly T[][] {
  const all: T[][] = [];
  let room = 0;
  for (const item of items) {
    const needed = size(item);
    if (needed > room) {
      all.push([]);
      room = MAX_CHARACTERS;
    }
    all.at(-1)?.push(item);
    room -= needed;
  }
  return all;
}

/** The highest of several numbers. */
export const highest = (numbers: readonly Cel[]): Cel =>
  numbers.length === 1 ? (numbers[0] as Cel) : `[${numbers.join(', ')}].max()`;
