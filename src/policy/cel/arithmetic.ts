import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { CelError } from './bind.ts';
import { isLeftToChance, leaveToChance } from './chance.ts';
import { durationOf, nanosOf, timestampOf } from './times.ts';
import { noOverload, wholeOf } from './values.ts';

/* Arithmetic as in cel-go (common/types/overflow.go): on numbers of one type, within 64 bits. */

/** @throws CelError beyond 64 bits */
export function int64(value: bigint): bigint {
  if (value !== BigInt.asIntN(64, value)) throw new CelError('integer overflow');
  return value;
}

/** @throws CelError beyond 64 bits, or below 0 */
export function uint64(value: bigint): UnsignedInt {
  if (value !== BigInt.asUintN(64, value)) throw new CelError('unsigned integer overflow');
  return new UnsignedInt(value);
}

interface Arithmetic {
  whole(a: bigint, b: bigint): bigint;
  double?(a: number, b: number): number;
}

/** The result for two numbers of one type; undefined for anything else. */
function calculate({ whole, double }: Arithmetic, a: unknown, b: unknown): unknown {
  if (typeof a === 'bigint' && typeof b === 'bigint') return int64(whole(a, b));
  if (a instanceof UnsignedInt && b instanceof UnsignedInt) return uint64(whole(wholeOf(a), wholeOf(b)));
  return typeof a === 'number' && typeof b === 'number' ? double?.(a, b) : undefined;
}

const nonZero = (divisor: bigint): bigint => {
  if (divisor === 0n) throw new CelError('division by zero');
  return divisor;
};

export function add(a: unknown, b: unknown): unknown {
  const sum = calculate({ whole: (x, y) => x + y, double: (x, y) => x + y }, a, b);
  if (sum !== undefined) return sum;
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (Array.isArray(a) && Array.isArray(b)) return concatenate(a, b);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.concat([a, b]);
  if (a instanceof Duration && b instanceof Duration) return durationOf(nanosOf(a) + nanosOf(b));
  if ((a instanceof Date && b instanceof Duration) || (a instanceof Duration && b instanceof Date))
    return timestampOf(nanosOf(a) + nanosOf(b));
  throw noOverload('+', a, b);
}

function concatenate(a: readonly unknown[], b: readonly unknown[]): readonly unknown[] {
  const list = [...a, ...b];
  if (isLeftToChance(a) || isLeftToChance(b)) leaveToChance(list);
  return list;
}

export function subtract(a: unknown, b: unknown): unknown {
  const difference = calculate({ whole: (x, y) => x - y, double: (x, y) => x - y }, a, b);
  if (difference !== undefined) return difference;
  if (b instanceof Duration && a instanceof Duration) return durationOf(nanosOf(a) - nanosOf(b));
  if (b instanceof Duration && a instanceof Date) return timestampOf(nanosOf(a) + nanosOf(negated(b)));
  if (b instanceof Date && a instanceof Date) return durationOf(nanosOf(a) - nanosOf(b));
  throw noOverload('-', a, b);
}

/** Makes an operator that takes only numbers. */
const numeric =
  (operator: string, arithmetic: Arithmetic) =>
  (a: unknown, b: unknown): unknown => {
    const result = calculate(arithmetic, a, b);
    if (result === undefined) throw noOverload(operator, a, b);
    return result;
  };

export const multiply = numeric('*', { whole: (x, y) => x * y, double: (x, y) => x * y });
export const divide = numeric('/', { whole: (x, y) => x / nonZero(y), double: (x, y) => x / y });
export const remainder = numeric('%', {
  whole: (x, y) => {
    // The least int divided by -1 is out of range, and Go divides before it takes the remainder.
    if (y === -1n) int64(-x);
    return x % nonZero(y);
  },
});

const negated = (value: Duration): Duration => durationOf(-nanosOf(value));

export function negate(value: unknown): unknown {
  if (typeof value === 'bigint') return int64(-value);
  if (typeof value === 'number') return -value;
  if (value instanceof Duration) return negated(value);
  throw noOverload('-', value);
}
