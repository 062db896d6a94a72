import { Duration } from '@marcbachmann/cel-js/evaluator';
import { CelError } from './bind.ts';

/*
Timestamps and durations to the nanosecond and within the bounds of cel-go (common/types/timestamp.go, duration.go), as Go's
`time` reads them. The library holds a timestamp as a Date, to the millisecond; the rest is kept beside it.
*/

const SECOND = 1_000_000_000n;
const MILLISECOND = 1_000_000n;
/** The seconds of 0001-01-01T00:00:00Z and of 9999-12-31T23:59:59Z. */
const FIRST_SECOND = -62_135_596_800n;
const LAST_SECOND = 253_402_300_799n;
const LONGEST = 2n ** 63n;

const RESTS = new WeakMap<Date, bigint>();

/** The nanoseconds since 1970, or of the duration. */
export function nanosOf(value: Date | Duration): bigint {
  if (value instanceof Duration) return value.seconds * SECOND + BigInt(value.nanos);
  return BigInt(value.getTime()) * MILLISECOND + (RESTS.get(value) ?? 0n);
}

/** @throws CelError outside of the years 1 to 9999 */
export function timestampOf(nanos: bigint): Date {
  const second = floorDiv(nanos, SECOND);
  if (second < FIRST_SECOND || second > LAST_SECOND) throw new CelError('timestamp overflow');
  const milliseconds = floorDiv(nanos, MILLISECOND);
  const date = new Date(Number(milliseconds));
  RESTS.set(date, nanos - milliseconds * MILLISECOND);
  return date;
}

const floorDiv = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b;

/** @throws CelError beyond 64 bits of nanoseconds */
export function durationOf(nanos: bigint): Duration {
  if (nanos < -LONGEST || nanos >= LONGEST) throw new CelError('duration overflow');
  return new Duration(nanos / SECOND, Number(nanos % SECOND));
}

export const timestampOfSeconds = (seconds: bigint): Date => timestampOf(seconds * SECOND);

const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([-+])(\d\d):(\d\d))$/;

/**
 * RFC 3339 as `time.Parse` reads it, which is more lenient: it takes an hour of one digit, a comma, and offsets up to 24:60.
 * @throws CelError
 */
export function parseTimestamp(text: string): Date {
  const parts = TIMESTAMP.exec(text) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const [fraction = '', sign, offsetHour = 0, offsetMinute = 0] = parts.slice(7);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // A Date rolls over into another month what a month does not have, and what was not read: there is no month 0.
  const isDay = date.getUTCMonth() === month - 1;
  const isTime =
    hour < 24 && minute < 60 && second < 60 && Number(offsetHour) <= 24 && Number(offsetMinute) <= 60;
  if (!isDay || !isTime) throw new CelError('timestamp() cannot read this');
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === '-' ? -60 : 60);
  const seconds = BigInt(date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset);
  return timestampOf(seconds * SECOND + BigInt(fraction.slice(0, 9).padEnd(9, '0')));
}

const DURATION = /^[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g;
const UNITS: Readonly<Record<string, number>> = { ns: 1, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 };

/** Reads a duration as `time.ParseDuration` does. @throws CelError */
export function parseDuration(text: string): Duration {
  if (!DURATION.test(text)) throw new CelError('duration() cannot read this');
  let nanos = 0n;
  for (const [, whole = '', fraction = '', name = ''] of text.matchAll(PART)) {
    const unit = UNITS[name] ?? 1e3;
    // A fraction becomes a double, from as many digits as fit into 64 bits.
    const digits = fraction.slice(0, 18);
    nanos += BigInt(whole) * BigInt(unit) + BigInt(Math.trunc(Number(digits) * (unit / 10 ** digits.length)));
  }
  return durationOf(text.startsWith('-') ? -nanos : nanos);
}

type Part = (date: Date) => number;

const DAY_MS = 86_400_000;
const PARTS: Readonly<Record<string, Part>> = {
  getFullYear: date => date.getUTCFullYear(),
  getMonth: date => date.getUTCMonth(),
  getDate: date => date.getUTCDate(),
  getDayOfMonth: date => date.getUTCDate() - 1,
  getDayOfWeek: date => date.getUTCDay(),
  getDayOfYear: date => Math.floor((date.getTime() - new Date(date).setUTCMonth(0, 1)) / DAY_MS),
  getHours: date => date.getUTCHours(),
  getMinutes: date => date.getUTCMinutes(),
  getSeconds: date => date.getUTCSeconds(),
  getMilliseconds: date => date.getUTCMilliseconds(),
};

/** The length of each unit, by which a duration is divided as a double, as in Go. */
const SPANS: Readonly<Record<string, bigint>> = {
  getHours: 3600n * SECOND,
  getMinutes: 60n * SECOND,
  getSeconds: SECOND,
};

export const TIME_GETTERS: readonly string[] = Object.keys(PARTS);

/** Minutes east of UTC; undefined for a name, which each machine looks up in a table of its own. */
export function zoneOffset(zone: string): number | undefined {
  if (zone === '' || zone === 'UTC') return 0;
  const [, sign, hours, minutes] = /^([-+])(0\d|1[0-4]):([0-5]\d)$/.exec(zone) ?? [];
  return sign === undefined ? undefined : (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
}

/** A part of a timestamp, in UTC or another zone, or a duration in a unit; undefined for a value without such a part. */
export function timePart(name: string, of: unknown, zone: unknown = ''): bigint | undefined {
  if (of instanceof Duration && zone === '') return durationPart(name, nanosOf(of));
  const offset = typeof zone === 'string' ? zoneOffset(zone) : undefined;
  if (!(of instanceof Date) || offset === undefined) return undefined;
  const part = PARTS[name];
  return part && BigInt(part(new Date(of.getTime() + offset * 60_000)));
}

function durationPart(name: string, nanos: bigint): bigint | undefined {
  if (name === 'getMilliseconds') return nanos / MILLISECOND;
  const unit = SPANS[name];
  return unit && BigInt(Math.trunc(Number(nanos / unit) + Number(nanos % unit) / Number(unit)));
}
