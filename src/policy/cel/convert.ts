import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { int64, uint64 } from './arithmetic.ts';
import { CelError } from './bind.ts';
import { sizeOf } from './texts.ts';
import { parseDuration, parseTimestamp, timestampOfSeconds } from './times.ts';
import { wholeOf } from './values.ts';

/* Conversions as in cel-go (common/types, `ConvertToType`), which reads texts with Go's strconv and time. */

const unreadable = (name: string): CelError => new CelError(`${name}() cannot read this`);

/** The digits of a number within 64 bits; BigInt would take long to read a longer text. */
const DIGITS = /^0*([1-9]\d{0,19})?$/;

function int(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (value instanceof UnsignedInt) return int64(wholeOf(value));
  if (typeof value === 'number') {
    // Both ends of the range are excluded, as in doubleToInt64Checked.
    if (!(Math.abs(value) < 2 ** 63)) throw unreadable('int');
    return BigInt(Math.trunc(value));
  }
  if (typeof value === 'string') return int64(readWhole(value.replace(/^[-+]/, ''), 'int') * signOf(value));
  return value instanceof Date ? BigInt(Math.floor(value.getTime() / 1000)) : undefined;
}

const signOf = (text: string): bigint => (text.startsWith('-') ? -1n : 1n);

function readWhole(text: string, name: string): bigint {
  const parts = DIGITS.exec(text);
  if (!parts || text === '') throw unreadable(name);
  return BigInt(parts[1] ?? 0);
}

function uint(value: unknown): UnsignedInt | undefined {
  if (value instanceof UnsignedInt) return value;
  if (typeof value === 'bigint') return uint64(value);
  if (typeof value === 'string') return uint64(readWhole(value, 'uint'));
  if (typeof value !== 'number') return undefined;
  if (!(value >= 0 && value < 2 ** 64)) throw unreadable('uint');
  return new UnsignedInt(BigInt(Math.trunc(value)));
}

const DECIMAL = /^[-+]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:e[-+]?\d[\d_]*)?$/i;
const HEXADECIMAL = /^([-+]?)0x([\da-f_]*)(?:\.([\da-f_]*))?p([-+]?\d[\d_]*)$/i;

function double(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint' || value instanceof UnsignedInt) return Number(value);
  if (typeof value !== 'string') return undefined;
  const special = /^(?:([-+]?)inf(?:inity)?|nan)$/i.exec(value);
  if (special) return special[1] === undefined ? Number.NaN : special[1] === '-' ? -Infinity : Infinity;
  const number = hasStrayUnderscore(value) ? Number.NaN : readDouble(value);
  if (!Number.isFinite(number)) throw unreadable('double');
  return number;
}

/** Whether an underscore stands neither between two digits nor after `0x`. */
const hasStrayUnderscore = (text: string): boolean =>
  /^[-+]?0x/i.test(text) ? /(?<![\da-fx])_|_(?![\da-f])/i.test(text) : /(?<!\d)_|_(?!\d)/.test(text);

function readDouble(text: string): number {
  if (DECIMAL.test(text)) return Number(text.replaceAll('_', ''));
  const [, sign, whole = '', fraction = '', exponent = ''] = HEXADECIMAL.exec(text.replaceAll('_', '')) ?? [];
  if (whole + fraction === '') return Number.NaN;
  return (sign === '-' ? -1 : 1) * scaled(whole + fraction, Number(exponent) - 4 * fraction.length);
}

/** A hexadecimal number times a power of two. Digits beyond 64 bits only affect the rounding. */
function scaled(digits: string, exponent: number): number {
  const significant = digits.replace(/^0+/, '');
  const [kept, rest] = [significant.slice(0, 16), significant.slice(16)];
  const mantissa = Number(BigInt(`0x${kept}${/[^0]/.test(rest) ? '1' : '0'}`));
  const power = exponent + 4 * rest.length - 4;
  // This takes two steps, as a power of 2 may be out of range where the product is not.
  const half = Math.trunc(power / 2);
  return mantissa === 0 ? 0 : mantissa * 2 ** half * 2 ** (power - half);
}

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

function bool(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return undefined;
  if (!TRUE.has(value) && !FALSE.has(value)) throw unreadable('bool');
  return TRUE.has(value);
}

function string(value: unknown): string | undefined {
  if (typeof value === 'number') return formatDouble(value);
  if (value instanceof Uint8Array) return decode(value);
  const isPlain = ['string', 'bigint', 'boolean'].includes(typeof value) || value instanceof UnsignedInt;
  return isPlain ? String(value) : undefined;
}

/** Formats a double as `%g` does: with the fewest digits, and with an exponent from a million on and below 0.0001. */
function formatDouble(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6)
    return value.toFixed(Math.max(0, digits.replace(/\D/g, '').length - 1 - power));
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw unreadable('string');
  }
}

function bytes(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? value : undefined;
}

function timestamp(value: unknown): Date | undefined {
  if (typeof value === 'string') return parseTimestamp(value);
  if (typeof value === 'bigint') return timestampOfSeconds(value);
  return value instanceof Date ? value : undefined;
}

function duration(value: unknown): Duration | undefined {
  if (typeof value === 'string') return parseDuration(value);
  return value instanceof Duration ? value : undefined;
}

export function size(value: unknown): bigint | undefined {
  if (typeof value === 'string') return sizeOf(value);
  if (Array.isArray(value) || value instanceof Uint8Array) return BigInt(value.length);
  return value instanceof Map ? BigInt(value.size) : undefined;
}

/**
 * The conversions by name; they return undefined for a type that they do not take.
 * @throws CelError for a value that they cannot read
 */
export const CONVERSIONS: ReadonlyMap<string, (value: unknown) => unknown> = new Map(
  Object.entries({ int, uint, double, bool, string, bytes, timestamp, duration }),
);
