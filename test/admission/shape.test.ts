import { describe, expect, it } from 'vitest';
import { outOfBounds } from '../../src/admission/shape.ts';

const LIMITS = { depth: 3, items: 4 };
const bounds = (json: string): string | undefined => outOfBounds(Buffer.from(json), LIMITS);

describe('what a body nests and holds', () => {
  it.each(['[[[]]]', '[{"a":[]}]', '[[]],[[]],[[]]', '[1,2,3,4,5]', '"[[[[,,,,,"'])(
    '%s is within bounds',
    json => {
      expect(bounds(json)).toBeUndefined();
    },
  );

  it.each(['[[[[', '{"a":[{"b":[]}]}', '"a"[[[['])('%s nests too deeply', json => {
    expect(bounds(json)).toBe('nests more than 3 levels deep');
  });

  it('one value too many is too many', () => {
    expect(bounds('[1,2,3,4,5,6]')).toBe('holds more than 4 values');
  });

  it('an escaped quote does not end a string, and an escaped backslash does not escape the quote after it', () => {
    expect(bounds('{"a":"\\"[[[["}')).toBeUndefined();
    expect(bounds('{"a":"\\"","b":[[[]]]}')).toMatch(/nests/);
    expect(bounds('{"a":"\\\\","b":[[[]]]}')).toMatch(/nests/);
  });

  it('a string that does not end holds all the rest', () => {
    expect(bounds('"[[[[')).toBeUndefined();
    expect(bounds('"\\')).toBeUndefined();
  });
});
