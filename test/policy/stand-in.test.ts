import { describe, expect, it } from 'vitest';
import { standInFor } from '../../src/policy/stand-in.ts';
import type { Schema } from '../../src/source/schema.ts';

const NUMBER: Schema = { type: 'integer' };
const MAP: Schema = { type: 'object', additionalProperties: NUMBER };
const instead = (schema: Schema): unknown => standInFor('what does not fit', schema, [[]]);

describe('what stands in for a value is the least that fits', () => {
  it.each<[what: string, schema: Schema, expected: unknown]>([
    ['one of several', { enum: ['vm', 'app-kernel'] }, 'vm'],
    ['a number', NUMBER, 0],
    ['a number from some on', { type: 'integer', minimum: 5 }, 5],
    ['yes or no', { type: 'boolean' }, false],
    ['a text', { type: 'string' }, 'x'],
    ['a time', { type: 'string', pattern: '^[0-9]{4}-' }, '2000-01-01T00:00:00Z'],
    ['a list', { type: 'array', items: NUMBER }, []],
    ['a list of at least one', { type: 'array', minItems: 1, items: NUMBER }, [0]],
    ['a map', { type: 'object', properties: { a: NUMBER } }, {}],
    ['a map that has what it must', { type: 'object', required: ['a'], properties: { a: NUMBER } }, { a: 0 }],
    [
      'a map that has the first of what it must have one of',
      {
        type: 'object',
        oneOf: [{ required: ['a'] }, { required: ['b'] }],
        properties: { a: NUMBER, b: NUMBER },
      },
      { a: 0 },
    ],
  ])('%s', (_, schema, expected) => {
    expect(instead(schema)).toEqual(expected);
  });
});

describe('what stands in for a part', () => {
  it('leaves the rest as it is', () => {
    const schema: Schema = { type: 'array', items: MAP };
    expect(standInFor([{ a: 'x', b: 2 }, { c: 3 }], schema, [[0, 'a']])).toEqual([{ a: 0, b: 2 }, { c: 3 }]);
  });

  it('leaves out a field that is none', () => {
    const schema: Schema = { type: 'object', properties: { a: NUMBER } };
    expect(standInFor({ a: 1, b: 2 }, schema, [['b']])).toEqual({ a: 1 });
  });

  it('is nothing where all of it fits', () => {
    const document = { a: 1 };
    expect(standInFor(document, MAP, [])).toBe(document);
  });

  it.each(['text', null])('is nothing below what has no parts: %s', document => {
    expect(standInFor(document, MAP, [['a']])).toBe(document);
  });
});
