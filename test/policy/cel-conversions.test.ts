import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import { describe, expect, it } from 'vitest';
import { CONVERSIONS, size } from '../../src/policy/cel/convert.ts';
import { nanosOf, parseDuration, parseTimestamp, timePart } from '../../src/policy/cel/times.ts';

const uint = (value: bigint) => new UnsignedInt(value);
const NOON = new Date('2026-03-05T12:00:00.900Z');
const HOUR = new Duration(3600n, 0);

/** What a conversion answers; `cannot` where it says that it cannot read the value. */
function converted(name: string, value: unknown): unknown {
  try {
    return CONVERSIONS.get(name)?.(value);
  } catch (error) {
    const { message } = error as Error;
    return message === `${name}() cannot read this` ? 'cannot' : message;
  }
}

describe.each<[name: string, cases: readonly (readonly [value: unknown, expected: unknown])[]]>([
  [
    'int',
    [
      [5n, 5n],
      [uint(5n), 5n],
      [uint(2n ** 63n), 'integer overflow'],
      [1.9, 1n],
      [-1.9, -1n],
      [2 ** 63, 'cannot'],
      [-(2 ** 63), 'cannot'],
      [Number.NaN, 'cannot'],
      ['7', 7n],
      ['-7', -7n],
      ['+7', 7n],
      ['007', 7n],
      ['0', 0n],
      ['9223372036854775808', 'integer overflow'],
      ['-9223372036854775808', -(2n ** 63n)],
      ['', 'cannot'],
      ['-', 'cannot'],
      ['--7', 'cannot'],
      ['7-7', 'cannot'],
      ['1.5', 'cannot'],
      ['9'.repeat(21), 'cannot'],
      [NOON, 1772712000n],
      [true, undefined],
    ],
  ],
  [
    'uint',
    [
      [uint(5n), uint(5n)],
      [5n, uint(5n)],
      [-1n, 'unsigned integer overflow'],
      ['5', uint(5n)],
      ['-5', 'cannot'],
      [0, uint(0n)],
      [1.9, uint(1n)],
      [-1, 'cannot'],
      [2 ** 64, 'cannot'],
      [true, undefined],
    ],
  ],
  [
    'double',
    [
      [1.5, 1.5],
      [2n, 2],
      [uint(2n), 2],
      ['1.5e1', 15],
      ['.5', 0.5],
      ['-2.', -2],
      ['inf', Number.POSITIVE_INFINITY],
      ['-infinity', Number.NEGATIVE_INFINITY],
      ['NaN', Number.NaN],
      ['xinf', 'cannot'],
      ['infx', 'cannot'],
      ['1e400', 'cannot'],
      ['', 'cannot'],
      ['.', 'cannot'],
      ['0x1', 'cannot'],
      ['0xp0', 'cannot'],
      ['1x', 'cannot'],
      ['1_0.0_1', 10.01],
      ['_1', 'cannot'],
      ['1_', 'cannot'],
      ['1__0', 'cannot'],
      ['0x_1p0', 1],
      ['-0x_1p0', -1],
      ['0xa_fp0', 175],
      ['0x1_p0', 'cannot'],
      ['0x1__0p0', 'cannot'],
      ['0x10.8p0', 16.5],
      ['0x00100p0', 256],
      ['0x1234567890abcdef0p0', Number(0x1234567890abcdef0n)],
      ['0x1p-1074', 2 ** -1074],
      ['0x0p5000', 0],
      [true, undefined],
    ],
  ],
  [
    'bool',
    [
      [true, true],
      ['t', true],
      ['1', true],
      ['True', true],
      ['F', false],
      ['0', false],
      ['yes', 'cannot'],
      [1n, undefined],
    ],
  ],
  [
    'string',
    [
      ['a', 'a'],
      [5n, '5'],
      [uint(5n), '5'],
      [true, 'true'],
      [1.5, '1.5'],
      [100_000, '100000'],
      [123_456.5, '123456.5'],
      [1e6, '1e+06'],
      [0.0001, '0.0001'],
      [0.00001, '1e-05'],
      [-1.25e-10, '-1.25e-10'],
      [Buffer.from('\ufeffa'), '\ufeffa'],
      [Buffer.from([0xff]), 'cannot'],
      [[], undefined],
    ],
  ],
  [
    'bytes',
    [
      ['é', Buffer.from('é')],
      [Buffer.from('a'), Buffer.from('a')],
      [1n, undefined],
    ],
  ],
  [
    'timestamp',
    [
      ['2026-03-05T12:00:00.9Z', NOON],
      [1n, new Date(1000)],
      [NOON, NOON],
      [1, undefined],
    ],
  ],
  [
    'duration',
    [
      ['60m', HOUR],
      [HOUR, HOUR],
      [1n, undefined],
    ],
  ],
])('%s()', (name, cases) => {
  it.each(cases)('of %s is %s', (value, expected) => {
    expect(converted(name, value)).toEqual(expected);
  });
});

it.each<[expected: bigint | undefined, value: unknown]>([
  [2n, 'a\u{1f600}'],
  [1n, '\u{1f600}'],
  [2n, [1n, 2n]],
  [1n, new Map([['a', 1n]])],
  [3n, Buffer.from('abc')],
  [undefined, 1n],
])('the size %s is that of %s', (expected, value) => {
  expect(size(value)).toBe(expected);
});

/** The nanoseconds that are read, or the error that is thrown. */
function nanos(read: (text: string) => Date | Duration, text: string): bigint | string {
  try {
    return nanosOf(read(text));
  } catch (error) {
    return (error as Error).message;
  }
}
const SECOND = 10n ** 9n;

describe('a time', () => {
  const NO = 'timestamp() cannot read this';
  it.each<[text: string, expected: bigint | string]>([
    ['1970-01-02T00:00:00Z', 86_400n * SECOND],
    ['1970-01-01T1:00:00Z', 3600n * SECOND],
    ['1970-01-01T00:00:00.000000001Z', 1n],
    ['1970-01-01T00:00:00,5Z', SECOND / 2n],
    ['1970-01-01T00:00:00.1234567899Z', 123_456_789n],
    ['1969-12-31T23:59:59.999999999Z', -1n],
    ['1970-01-01T01:00:00+01:00', 0n],
    ['1970-01-01T00:00:00-01:30', 5400n * SECOND],
    ['1970-01-01T00:00:00-24:60', 25n * 3600n * SECOND],
    ['2024-02-29T00:00:00Z', 1_709_164_800n * SECOND],
    ['0001-01-01T00:00:00Z', -62_135_596_800n * SECOND],
    ['9999-12-31T23:59:59.999999999Z', 253_402_300_800n * SECOND - 1n],
    ['0001-01-01T00:00:00+00:01', 'timestamp overflow'],
    ['9999-12-31T23:59:59-00:01', 'timestamp overflow'],
    ['2026-02-29T00:00:00Z', NO],
    ['2026-13-01T00:00:00Z', NO],
    ['2026-00-01T00:00:00Z', NO],
    ['2026-01-00T00:00:00Z', NO],
    ['2026-01-01T24:00:00Z', NO],
    ['2026-01-01T00:60:00Z', NO],
    ['2026-01-01T00:00:60Z', NO],
    ['2026-01-01T00:00:00+25:00', NO],
    ['2026-01-01T00:00:00+00:61', NO],
    ['2026-01-01T00:00:00', NO],
    [' 2026-01-01T00:00:00Z', NO],
    ['2026-01-01T00:00:00Z ', NO],
  ])('%s', (text, expected) => {
    expect(nanos(parseTimestamp, text)).toBe(expected);
  });

  it.each<[name: string, zone: string | undefined, expected: bigint | undefined]>([
    ['getFullYear', undefined, 2026n],
    ['getMonth', undefined, 2n],
    ['getDate', undefined, 5n],
    ['getDayOfMonth', undefined, 4n],
    ['getDayOfWeek', undefined, 4n],
    ['getDayOfYear', undefined, 63n],
    ['getHours', undefined, 12n],
    ['getMinutes', undefined, 0n],
    ['getSeconds', undefined, 0n],
    ['getMilliseconds', undefined, 900n],
    ['getHours', 'UTC', 12n],
    ['getHours', '-01:30', 10n],
    ['getMinutes', '-01:30', 30n],
    ['getDate', '+14:00', 6n],
    ['getHours', '+15:00', undefined],
    ['getHours', '1:00', undefined],
    ['getHours', '+01:60', undefined],
    ['getHours', 'x+01:00', undefined],
    ['getHours', '+01:00x', undefined],
    ['getHours', 'Europe/Berlin', undefined],
  ])('has %s in the zone %s: %s', (name, zone, expected) => {
    expect(timePart(name, NOON, zone)).toBe(expected);
  });
});

describe('a duration', () => {
  const NO = 'duration() cannot read this';
  it.each<[text: string, expected: bigint | string]>([
    ['0', 0n],
    ['-0', 0n],
    ['1h', 3600n * SECOND],
    ['1.5h', 5400n * SECOND],
    ['-1m30s', -90n * SECOND],
    ['+1s', SECOND],
    ['.25s', SECOND / 4n],
    ['1.s', SECOND],
    ['1ms', 1_000_000n],
    ['1us1µs1μs', 3000n],
    ['1ns', 1n],
    ['0.1234567891234567899s', 123_456_789n],
    [`0.${'3'.repeat(400)}s`, 333_333_333n],
    ['9223372036854775807ns', 2n ** 63n - 1n],
    ['-9223372036854775808ns', -(2n ** 63n)],
    ['9223372036854775808ns', 'duration overflow'],
    ['-9223372036854775809ns', 'duration overflow'],
    ['', NO],
    ['1', NO],
    ['s', NO],
    ['.s', NO],
    ['1d', NO],
    ['1s ', NO],
    [' 1s', NO],
    ['1s-1s', NO],
  ])('%s', (text, expected) => {
    expect(nanos(parseDuration, text)).toBe(expected);
  });

  it.each<[name: string, expected: bigint | undefined]>([
    ['getHours', 1n],
    ['getMinutes', 90n],
    ['getSeconds', 5400n],
    ['getMilliseconds', 5_400_500n],
    ['getFullYear', undefined],
  ])('has %s: %s', (name, expected) => {
    expect(timePart(name, parseDuration('1h30m500ms'))).toBe(expected);
  });

  it.each([
    ['in a zone', HOUR, 'UTC'],
    ['of what is neither', 'noon', ''],
  ])('has none %s', (_, of, zone) => {
    expect(timePart('getHours', of, zone)).toBeUndefined();
  });
});
