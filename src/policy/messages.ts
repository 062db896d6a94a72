import type { ErrorObject } from 'ajv';
import { meantIsolation } from '../profiles/isolation.ts';
import { describeValue, quoteStart } from '../source/describe.ts';
import { type Flaw, suggest } from '../source/flaw.ts';
import { type Keys, keysOfPointer } from '../source/path.ts';
import { PATTERN_WORDS, type Schema } from '../source/schema.ts';

type Sentence = Pick<Flaw, 'message' | 'fix'>;
export type WrittenAt = (path: Keys) => string | undefined;

/** The errors of ajv, in words that a person can act on; one flaw for each place. */
export function flawsOf(
  errors: readonly ErrorObject[],
  document: unknown,
  writtenAt?: WrittenAt,
): readonly Flaw[] {
  const flaws = new Map<string, Flaw>();
  const ordered = errors.toSorted((a, b) => precedence(a) - precedence(b));
  for (const error of ordered) {
    // The enclosing oneOf or anyOf reports it.
    if (/\/(oneOf|anyOf)\//.test(error.schemaPath)) continue;
    const flaw = flawOf(error, document, writtenAt);
    const key = JSON.stringify(flaw.path);
    if (!flaws.has(key)) flaws.set(key, flaw);
  }
  return [...flaws.values()];
}

/**
 * Which error of a place is reported, the lowest first: a value of the wrong type also breaks other rules, which say less, and
 * a limit that stored objects may exceed must not hide anything else.
 */
function precedence({ keyword }: ErrorObject): number {
  if (keyword === 'type') return 0;
  return LIMITS.has(keyword) ? 2 : 1;
}

function flawOf(error: ErrorObject, document: unknown, writtenAt?: WrittenAt): Flaw {
  const at = keysOfPointer(error.instancePath, document);
  const schema = (error.parentSchema ?? {}) as Schema;
  if (error.keyword === 'required') return missing([...at, error.params.missingProperty], schema);
  if (error.keyword === 'additionalProperties') {
    return unknownField([...at, error.params.additionalProperty], schema);
  }
  const say = SENTENCES[error.keyword] ?? otherwise;
  const tightened = LIMITS.has(error.keyword) && ({ tightened: 'limit' } as const);
  return { path: at, ...say(error, schema, writtenAt?.(at)), ...tightened };
}

/** Keywords of limits, which a next version may lower. */
const LIMITS = new Set(['maxItems', 'maxProperties', 'maxLength']);

const propertiesOf = (schema: Schema): Readonly<Record<string, Schema>> =>
  (schema.properties ?? {}) as Record<string, Schema>;

function missing(path: Keys, schema: Schema): Flaw {
  const name = String(path.at(-1));
  const description = propertiesOf(schema)[name]?.description;
  return { path, message: `${name} is missing`, fix: description ? `Add it: ${description}` : 'Add it.' };
}

function unknownField(path: Keys, schema: Schema): Flaw {
  const name = String(path.at(-1));
  const fields = Object.keys(propertiesOf(schema));
  const fix = suggest(name, fields, `The fields here are ${fields.join(', ')}.`);
  return { path, message: `${name} is no field here`, fix };
}

type Say = (error: ErrorObject, schema: Schema, written: string | undefined) => Sentence;

/** The sentence for each ajv keyword. */
const SENTENCES: Readonly<Record<string, Say>> = {
  type: (error, schema, written) => wrongType(error.data, String(schema.type), written),
  anyOf: (error, _, written) => wrongType(error.data, 'integer or string', written),
  enum: (error, schema) => {
    const words = (schema.enum as readonly string[]).map(String);
    const found = typeof error.data === 'string' ? error.data : describeValue(error.data);
    const message = `${found} is not one of ${words.join(', ')}`;
    if (words.length === 1) return { message: `${found} is not ${words[0]}`, fix: `Write ${words[0]}.` };
    const meant = words.includes('app-kernel') ? meantIsolation(found) : undefined;
    return { message, fix: meant ? `Did you mean ${meant}?` : suggest(found, words) };
  },
  pattern: (error, schema) => {
    const words = PATTERN_WORDS.get(String(schema.pattern)) ?? `text that fits ${schema.pattern}`;
    const fix = String(error.data).includes('*')
      ? 'There is no wildcard: list the names.'
      : 'Write it in that form.';
    return { message: `${quoteStart(String(error.data))} is not ${words}`, fix };
  },
  oneOf: (_, schema) => {
    const names = (schema.oneOf as readonly { required: readonly string[] }[]).map(one =>
      one.required.join(' with '),
    );
    return { message: `exactly one is needed of: ${names.join('; ')}`, fix: 'Write one of them.' };
  },
  minimum: (error, schema) => outside(error.data, `${schema.minimum} to ${schema.maximum}`),
  maximum: (error, schema) => outside(error.data, `${schema.minimum} to ${schema.maximum}`),
  minItems: () => ({
    message: 'the list is empty',
    fix: 'Add an entry, or remove the field if it is optional.',
  }),
  minProperties: () => ({ message: 'the map is empty', fix: 'Add an entry.' }),
  minLength: () => ({ message: 'the text is empty', fix: 'Write something.' }),
  maxItems: (error, schema) => tooMany((error.data as readonly unknown[]).length, schema.maxItems, 'entries'),
  maxProperties: (error, schema) =>
    tooMany(Object.keys(error.data as object).length, schema.maxProperties, 'entries'),
  maxLength: (error, schema) => tooMany(String(error.data).length, schema.maxLength, 'characters'),
};

const outside = (found: unknown, range: string): Sentence => ({
  message: `${String(found)} is outside ${range}`,
  fix: `Write a whole number from ${range}.`,
});

const tooMany = (found: number, most: unknown, what: string): Sentence => ({
  message: `${found} ${what}, at most ${String(most)} are allowed`,
  fix: 'Shorten it.',
});

const TYPE_WORDS: Readonly<Record<string, string>> = {
  object: 'a map',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  boolean: 'true or false',
  'integer or string': 'a whole number or text',
};

function wrongType(found: unknown, type: string, written = describeValue(found)): Sentence {
  const expected = TYPE_WORDS[type] ?? type;
  const quoted = type === 'string' && (typeof found === 'number' || typeof found === 'boolean');
  return {
    message: `${written} where ${expected} is expected`,
    fix: quoted ? `Put it in quotes: ${quoteStart(written)}.` : `Write ${expected}.`,
  };
}

/** The sentence for a keyword that no schema here uses. */
const otherwise = (error: ErrorObject): Sentence => ({
  message: `does not fit the schema (${error.keyword})`,
  fix: 'See the reference of this kind.',
});
