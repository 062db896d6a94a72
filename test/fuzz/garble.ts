import { type Holder, type Json, put, type Slot, slotsOf, take, valueIn } from './json.ts';
import type { Random } from './random.ts';
import { HOSTILE_KEYS, HOSTILE_TEXTS, REPEATED, TEXTS } from './words.ts';

/** Makes a part of a value wrong or odd, anywhere in it: a type, a key, a text, a depth. */
export function garble(value: Json, random: Random): void {
  const slots = slotsOf(value);
  if (slots.length === 0) return;
  random.pick(WAYS)(random.pick(slots), random);
}

type Way = (slot: Slot, random: Random) => void;

const replaced: Way = ({ holder, key }, random) => put(holder, key, oddity(random));
const removed: Way = ({ holder, key }) => take(holder, key);
const joined: Way = ({ holder, key }, random) => addMember(holder, key, oddity(random), random);
const nulled: Way = ({ holder, key }) => put(holder, key, null);
const quoted: Way = slot => put(slot.holder, slot.key, String(JSON.stringify(valueIn(slot))));
const listed: Way = slot => put(slot.holder, slot.key, [valueIn(slot)]);
const repeated: Way = ({ holder, key }, random) => put(holder, key, longText(random));
const deepened: Way = ({ holder, key }, random) => addMember(holder, key, nested(random), random);

const WAYS: readonly Way[] = [replaced, removed, joined, nulled, quoted, listed, repeated, deepened];

function addMember(holder: Holder, key: string | number, value: Json, random: Random): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 0, value);
  else put(holder, random.pick(random.oneIn(2) ? HOSTILE_KEYS : TEXTS), value);
}

const SCALARS: readonly Json[] = [null, true, false, 0, -0.5, 1e308, '', [], {}, [null], [[]], { '': '' }];

export const oddity = (random: Random): Json =>
  random.oneIn(2) ? random.pick(HOSTILE_TEXTS) : structuredClone(random.pick(SCALARS));

/** The last length, in `<`, which Go writes as six bytes, makes a body larger than ordinary. */
const LENGTHS = [64, 253, 254, 1024, 2048, 4097, 20_000, 60_000];

/** A long text may take long wherever texts are matched, split or measured. */
export const longText = (random: Random): string => {
  const word = random.pick(REPEATED);
  const text = word.repeat(Math.ceil(random.pick(LENGTHS) / word.length));
  return random.oneIn(2) ? text : `${text}!`;
};

/** The depth is about the greatest that a review may have, or beyond. */
function nested(random: Random): Json {
  let value: Json = 'deep';
  for (let depth = random.pick([8, 20, 40, 80, 100]); depth > 0; depth--) {
    value = random.oneIn(2) ? [value] : { k: value };
  }
  return value;
}

/** A change of bytes: at `at`, a part of the whole, `remove` bytes give way to a text. */
export interface Edit {
  readonly [key: string]: Json;
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const INSERTS = [
  ...[
    '',
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '\\',
    '\\u0000',
    '\\u',
    '\\ud800',
    '\u0000',
    '\u2028',
    '0',
    'null',
  ],
  ...[
    '"metadata":{},',
    '"spec":{},',
    '"uid":"other",',
    '"request":null,',
    '"__proto__":{"x":1},',
    '//',
    'Infinity',
  ],
  ...['-', '1e999', '\u00ff\u00fe', '\ufeff', '<', '&'],
];

export const edit = (random: Random): Edit => ({
  at: random.next(),
  // One time in four everything that follows is removed, as from a body that was cut off.
  remove: random.oneIn(4) ? 2 ** 31 : random.few(8),
  insert: random.pick(INSERTS),
});

export function edited(bytes: Buffer, edits: readonly Edit[]): Buffer {
  let result = bytes;
  for (const { at, remove, insert } of edits) {
    const from = Math.floor(at * result.length);
    result = Buffer.concat([
      result.subarray(0, from),
      Buffer.from(insert),
      result.subarray(Math.min(result.length, from + remove)),
    ]);
  }
  return result;
}

/** The text as Go's encoding/json writes it, which is how an API server writes a review (`SetEscapeHTML`). */
export const asGoWrites = (text: string): string =>
  text.replace(/[<>&\u2028\u2029]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
