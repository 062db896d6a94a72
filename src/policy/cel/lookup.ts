import { Optional } from '@marcbachmann/cel-js';
import { UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { CelError } from './bind.ts';
import { refuseChance } from './chance.ts';
import { isNumeric, valueAt, wholeOf } from './values.ts';

/*
Fields and indexes as cel-go qualifies them (interpreter/attributes.go). A list takes whole numbers of any type as indexes.
Anything else is an error there, even with `?` and in has(), where the library says that it is absent.
*/

/**
 * A field, or the value at a key or an index; on an optional, the result is an optional.
 * @throws CelError where there is none
 */
export function select(of: unknown, key: unknown): unknown {
  if (of instanceof Optional) return selectIfPresent(of, key);
  const value = find(of, key);
  if (value === undefined) throw new CelError(`No such key: ${describe(key)}`);
  return value;
}

/** The same as an optional. */
export function selectIfPresent(of: unknown, key: unknown): Optional {
  if (!(of instanceof Optional)) return Optional.of(find(of, key));
  return of.hasValue() ? Optional.of(find(of.value(), key)) : of;
}

/** The answer of has(): a null value is present. */
export const isPresent = (of: unknown, field: string): boolean => selectIfPresent(of, field).hasValue();

/** The value; undefined where it is absent. */
function find(of: unknown, key: unknown): unknown {
  if (typeof key !== 'string' && typeof key !== 'boolean' && !isNumeric(key))
    throw new CelError(`this cannot be a key: ${describe(key)}`);
  if (of instanceof Map) return valueAt(of, key);
  if (Array.isArray(of)) return at(of, key);
  // Names that the library defines, such as google.protobuf, have no fields here.
  if (Object.getPrototypeOf(of ?? 0) !== Object.prototype || typeof key !== 'string') return undefined;
  return Object.hasOwn(of as object, key) ? (of as Readonly<Record<string, unknown>>)[key] : undefined;
}

function at(list: readonly unknown[], key: unknown): unknown {
  const index = indexOf(key);
  if (index === undefined) throw new CelError(`this cannot be an index: ${describe(key)}`);
  if (index >= 0n && index < BigInt(list.length)) refuseChance(list);
  return list[Number(index)];
}

/** A whole number of any type, within 64 bits. */
function indexOf(key: unknown): bigint | undefined {
  if (typeof key === 'number')
    return Number.isInteger(key) && Math.abs(key) < 2 ** 63 ? BigInt(key) : undefined;
  const index = typeof key === 'bigint' || key instanceof UnsignedInt ? wholeOf(key) : undefined;
  return index === undefined || index >= 2n ** 63n ? undefined : index;
}

const describe = (key: unknown): string =>
  typeof key === 'object' && !(key instanceof UnsignedInt) ? 'no text or number' : String(key);
