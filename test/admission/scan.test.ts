import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ESCAPE_BYTES, ReviewScan } from '../../src/admission/scan.ts';
import { reviewOf } from './support.ts';

/** The text that Go's encoding/json writes for the API server. */
const asGo = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

interface Scanned {
  readonly scan: ReviewScan;
  readonly json: string;
}

/** Scans in pieces of so many bytes. */
function scanned(json: string | Buffer, pieces = 7): Scanned {
  const bytes = Buffer.from(json);
  const out = Buffer.alloc(ESCAPE_BYTES + bytes.length);
  const scan = new ReviewScan();
  let end = ESCAPE_BYTES;
  for (let at = 0; at < bytes.length; at += pieces) {
    end = scan.feed(bytes.subarray(at, at + pieces), out, end);
  }
  return { scan, json: out.toString('utf8', ESCAPE_BYTES, end) };
}

const parsed = (json: string): unknown => {
  try {
    return { value: JSON.parse(json) };
  } catch {
    return 'no JSON';
  }
};

const PIECES = fc.integer({ min: 1, max: 40 });
/** Pieces of strings that escapes are about, in any order, well-formed or not. */
const ODD = fc
  .array(
    fc.constantFrom(
      ...[
        '"',
        '\\',
        'u',
        '\\u003c',
        '\\u2028',
        '\\u0000',
        '\\u0022',
        '\\u005C',
        '\\ud83d',
        '\\ude00',
        '\\uFFFD',
      ],
      ...['003', 'c', 'é', '€', '😀', '{', '}', '[', ']', ',', ':', ' ', '1', 'null', '\\n', '\\"', '\\\\'],
    ),
    { maxLength: 40 },
  )
  .map(parts => parts.join(''));

describe('the shorter JSON', () => {
  it('means the same, for any JSON, as Go writes it, in any pieces', () => {
    fc.assert(
      fc.property(fc.jsonValue(), PIECES, (value, pieces) => {
        const { json } = scanned(asGo(value), pieces);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('means the same, or as little, for what is odd and what is no JSON', () => {
    fc.assert(
      fc.property(ODD, PIECES, (odd, pieces) => {
        for (const text of [odd, `"${odd}"`, `{"a":"${odd}"}`]) {
          const { json } = scanned(text, pieces);
          expect(parsed(json)).toEqual(parsed(text));
          expect(Buffer.byteLength(json)).toBeLessThanOrEqual(Buffer.byteLength(text));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['what the API server escapes for HTML', '"\\u003c\\u003E\\u0026\\u2028\\u2029"', '"<>&\u2028\u2029"'],
    ['what it writes for bytes that are no UTF-8', '"\\ufffd"', '"\ufffd"'],
    [
      'quotes, backslashes and controls',
      '"\\u0022\\u005c\\u0000\\u001f\\n"',
      '"\\u0022\\u005c\\u0000\\u001f\\n"',
    ],
    ['halves of a pair', '"\\ud83d\\ude00\\ud83d"', '"\\ud83d\\ude00\\ud83d"'],
    ['an escaped backslash before a u', '"\\\\u003c"', '"\\\\u003c"'],
    ['an escape outside of a string', '\\u0031', '\\u0031'],
  ])('%s', (_what, long, short) => {
    for (const pieces of [1, 2, 3, 5, 6, 100]) expect(scanned(long, pieces).json).toBe(short);
  });
});

describe('what is counted', () => {
  it.each([
    ['[[[]]]', 3, 0],
    ['{"a":[1,{"b":2,"c":"[[[,,"}]}', 3, 2],
    ['"[[[["', 0, 0],
    ['{"a":"\\"","b":[[[', 4, 1],
    [`${'['.repeat(5000)}${']'.repeat(5000)}`, 5000, 0],
  ])('%s', (json, deepest, items) => {
    expect(scanned(json).scan).toMatchObject({ deepest, items });
  });
});

describe('the head', () => {
  const object = {
    kind: 'Pod',
    metadata: { name: 'web', deletionTimestamp: 'now', labels: { a: 'b' }, finalizers: ['x', 'y'] },
    spec: { containers: [{ name: 'a' }, { name: 'b' }], nodeName: 'n' },
  };

  it('is the review without what lists hold, and what lies below the fourth level', () => {
    expect(scanned(asGo(reviewOf(object))).scan.head()).toEqual({
      ...reviewOf(
        {
          kind: 'Pod',
          metadata: { name: 'web', deletionTimestamp: 'now', labels: {}, finalizers: [] },
          spec: { containers: [], nodeName: 'n' },
        },
        { userInfo: { username: 'alice', groups: [] } },
      ),
    });
  });

  it('is there wherever the review ends, once its first member is whole', () => {
    const json = asGo(reviewOf(object));
    const uid = json.indexOf('"kind":{"group"');
    for (let end = uid; end < json.length; end++) {
      expect(scanned(json.slice(0, end)).scan.head()).toMatchObject({ request: { uid: 'uid-1' } });
    }
    expect(scanned(json.slice(0, uid - 1)).scan.head()).toBeUndefined();
  });

  it.each([
    ['<', 1024 / 6],
    ['x', 1024],
    ['é', 512],
    ['😀', 256],
    ['\n', 512],
    ['\u0001', 171],
  ])('cuts a name of a million %j, and keeps what comes after it', (character, most) => {
    const json = asGo(reviewOf(object, { name: character.repeat(1_000_000), operation: 'UPDATE' }));
    const { request } = scanned(json, 16_384).scan.head() as ReturnType<typeof reviewOf> & {
      request: { name: string; operation: string };
    };
    expect(request).toMatchObject({ uid: 'uid-1', namespace: 'shop', operation: 'UPDATE' });
    expect([...request.name].length).toBeGreaterThan(most - 2);
    expect([...request.name].length).toBeLessThan(most + 2);
    expect(new Set(request.name)).toEqual(new Set(character));
  });

  it('ends before what is too much of it, and keeps no more than 64 KiB', () => {
    const extra = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key-${i}`, ['v']]));
    const { request, ...rest } = reviewOf(object);
    const { object: last, userInfo, ...first } = request;
    const json = asGo({ ...rest, request: { ...first, userInfo: { ...userInfo, extra }, object: last } });
    expect(scanned(json, 16_384).scan.head()).toEqual({ ...rest, request: first });
  });

  it.each(['', '{', '[]', '7', '"a"', '{"request":{"uid":"a"', '}}}}', ']]', '{"request":[1,2'])(
    'of %j throws nothing',
    json => {
      expect(() => scanned(json).scan.head()).not.toThrow();
    },
  );
});
