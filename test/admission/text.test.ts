import { expect, it } from 'vitest';
import { ReviewScan } from '../../src/admission/scan.ts';
import { Text } from '../../src/admission/text.ts';

/** More than two blocks, whichever way it is written. */
const VALUE = ['<é\u2028"\\\n&x'.repeat(80_000), 'y'.repeat(300_000)];
const LONG = JSON.stringify(VALUE).replace(
  /[<>&\u2028]/g,
  character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
);

function taken(json: string, pieces: number): Text {
  const bytes = Buffer.from(json);
  const text = new Text(new ReviewScan());
  for (let at = 0; at < bytes.length; at += pieces) text.take(bytes.subarray(at, at + pieces));
  return text;
}

it.each([1, 5, 4099, 65_536])('says the same in pieces of %i bytes, wherever a block ends', pieces => {
  const text = taken(LONG, pieces);
  expect(JSON.parse(text.whole().toString())).toEqual(VALUE);
  expect(text.held).toBeLessThan(LONG.length);
  text.drop();
});

it('is not changed by the next one, which is given its blocks', () => {
  const text = taken(LONG, 65_536);
  const whole = text.whole();
  text.drop();
  expect(text.held).toBe(0);
  taken(JSON.stringify('z'.repeat(900_000)), 65_536);
  expect(JSON.parse(whole.toString())).toEqual(VALUE);
});
