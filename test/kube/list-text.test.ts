import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readListText } from '../../src/kube/list-text.ts';

const read = (text: string) => {
  const { head, size, items } = readListText(Buffer.from(text));
  return { head, size, items: [...items()] };
};

describe('the text of a list', () => {
  it('is read as if it were parsed whole', () => {
    const item = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
    const list = fc.record({ before: fc.jsonValue(), items: fc.array(item), after: fc.jsonValue() });
    fc.assert(
      fc.property(list, fc.constantFrom(undefined, 2), ({ items, ...around }, indent) => {
        const text = JSON.stringify({ before: around.before, items, after: around.after }, undefined, indent);
        const parsed = JSON.parse(text);
        expect(read(text)).toEqual({
          head: { ...parsed, items: [] },
          size: items.length,
          items: parsed.items,
        });
      }),
    );
  });

  it.each([
    ['no items', '{"metadata":{}}', { metadata: {} }],
    ['null, as an empty list is written', '{"items":null,"metadata":{}}', { items: null, metadata: {} }],
    ['items of something else', '{"metadata":{"items":[{}]}}', { metadata: { items: [{}] } }],
    ['a value that reads like the key', '{"a":"items","b":[{}]}', { a: 'items', b: [{}] }],
  ])('that holds %s', (_, text, head) => {
    expect(read(text)).toEqual({ head, size: 0, items: [] });
  });

  it.each(['', '{', '{"items":[', '{"items":[{}', '{"items":[{}]', '{"items":["', '<html>'])(
    'that breaks off is no list: %s',
    text => {
      expect(() => read(text)).toThrow(SyntaxError);
    },
  );
});
