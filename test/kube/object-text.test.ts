import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCut, readEvent, readObject } from '../../src/kube/object-text.ts';
import { hasMore } from '../../src/source/yaml/json-text.ts';

const bytes = (value: unknown, indent?: number): Buffer =>
  Buffer.from(JSON.stringify(value, undefined, indent));
const indent = fc.constantFrom(undefined, 2);
const rest = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());

/** Members and items, but for the first of each map and list. */
function commasIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const parts = Object.values(value);
  return Math.max(0, parts.length - 1) + parts.reduce((sum: number, part) => sum + commasIn(part), 0);
}

describe('the values of a text', () => {
  it('are counted as they would be parsed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), indent, (value, spaces) => {
        // As JSON has it: -0 is 0, and of two keys one stays.
        const count = commasIn(JSON.parse(JSON.stringify(value)));
        expect(hasMore(bytes(value, spaces), count)).toBe(false);
        if (count > 0) expect(hasMore(bytes(value, spaces), count - 1)).toBe(true);
      }),
    );
  });
});

describe('an object', () => {
  const head = { name: 'a', namespace: 'b', uid: 'c', generation: 3, resourceVersion: '4' };
  const object = fc
    .record({ before: rest, labels: rest, annotations: rest, spec: rest })
    .map(({ before, labels, annotations, spec }) => ({
      ...before,
      apiVersion: 'v1',
      kind: 'Any',
      // Before and after the name, as kinds of the API server's own and others are written.
      metadata: { annotations, ...head, labels },
      spec,
    }));

  it('is parsed where it has no more values than are read, and else its name and version are', () => {
    fc.assert(
      fc.property(object, indent, (one, spaces) => {
        const text = bytes(one, spaces);
        const whole = JSON.parse(text.toString());
        expect(readObject(text)).toEqual(whole);
        const count = commasIn(whole);
        expect(readObject(text, count)).toEqual(whole);
        const cut = readObject(text, count - 1);
        expect(isCut(cut)).toBe(true);
        expect(JSON.parse(JSON.stringify(cut))).toEqual({ apiVersion: 'v1', kind: 'Any', metadata: head });
        expect(isCut({ ...cut })).toBe(true);
      }),
    );
  });

  it('of an event is read so, and the event is', () => {
    fc.assert(
      fc.property(object, one => {
        const event = bytes({ type: 'ADDED', object: one });
        const whole = JSON.parse(event.toString());
        expect(readEvent(event)).toEqual(whole);
        const cut = readEvent(event, commasIn(whole.object) - 1) as typeof whole;
        expect(cut.type).toBe('ADDED');
        expect(isCut(cut.object)).toBe(true);
        expect(cut.object.metadata).toEqual(head);
      }),
    );
  });

  it.each(['', '{', '{"type":"ADDED","object":{"metadata":{"labels":{"a":"', '{"a":[1,2,3'])(
    'that breaks off is none: %s',
    text => {
      const commas = ','.repeat(10);
      const read = (most?: number) => () => readEvent(Buffer.from(text + commas), most);
      expect(read()).toThrow(SyntaxError);
      const cut = attempt(read(1));
      expect(cut === undefined || !('object' in cut) || !('metadata' in (cut.object as object))).toBe(true);
    },
  );
});

function attempt(read: () => unknown): Record<string, unknown> | undefined {
  try {
    return read() as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
