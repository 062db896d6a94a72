import type { Cel } from '../signals/cel.ts';
import { texts } from '../signals/guards.ts';
import { joined, lookUp } from './cel.ts';
import type { Variable } from './object.ts';

/** What goes into the guard for one policy; with a namespace, requests of others need not look at it. */
export interface Part<T> {
  readonly namespace: string | undefined;
  readonly value: T;
}

/** How a variable is made of parts. */
interface Form {
  /** Name of the variable. */
  readonly name: string;
  readonly join: (parts: readonly Cel[]) => Cel;
  /** CEL that stands for no parts at all. */
  readonly none: Cel;
}

interface Gathering<T> extends Form {
  /** CEL of one part; undefined where it adds nothing. */
  readonly write: (value: T) => Cel | undefined;
}

/**
 * The most characters of one variable. The API server takes more than twice as long to compile one of twice the
 * length, and a variable of namespaces that the request is not of is not evaluated. Each costs a request half a microsecond
 * all the same.
 */
const MAX_CHARACTERS = 3_000;

/** All parts in one variable, by way of others where they are many. */
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

/** What each namespace has, in one variable: that of the request's, or `none`. */
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

/** One expression as the variable, several by way of variables of their own. */
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

/** Cuts items into chunks in their order; one that is larger than a chunk is a chunk by itself. */
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

/** The highest of numbers. */
export const highest = (numbers: readonly Cel[]): Cel =>
  numbers.length === 1 ? (numbers[0] as Cel) : `[${numbers.join(', ')}].max()`;
