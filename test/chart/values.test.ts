import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { valuesOf } from '../../scripts/pages/chart.ts';

type Values = Readonly<Record<string, unknown>>;

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const text = read('charts/cofferdam/values.yaml');
const values = parse(text);
const validate = new Ajv().compile(JSON.parse(read('charts/cofferdam/values.schema.json')));

describe('values.schema.json', () => {
  it('takes the defaults', () => {
    expect([validate(values), validate.errors]).toEqual([true, null]);
  });

  it.each(valuesOf(text))('knows $path, and refuses what is misspelt beside it', ({ path, preset }) => {
    const words = path.split('.');
    const last = words.pop() ?? '';
    const spelt = (leaf: string): Values =>
      words.reduceRight<Values>((inside, word) => ({ [word]: inside }), { [leaf]: preset });
    expect(validate(spelt(last))).toBe(true);
    expect(validate(spelt(`${last}x`))).toBe(false);
  });
});

describe('help', () => {
  it.each([
    [{ text: 'Questions: #platform', url: 'https://wiki.example/sandboxes' }, true],
    [{ text: 'two\nlines' }, false],
    [{ url: 'wiki.example' }, false],
    [{ url: 'https://wiki.example/a b' }, false],
  ])('%j: %j', (help, isTaken) => {
    expect(validate({ help })).toBe(isTaken);
  });

  it('is never more than serve takes', () => {
    const longest = { text: 'x'.repeat(200), url: `https://${'x'.repeat(191)}` };
    expect(validate({ help: longest })).toBe(true);
    expect(`${longest.text} ${longest.url}`).toHaveLength(400);
  });
});

describe('the README of the chart', () => {
  it('refuses a value that nobody explains', () => {
    expect(() => valuesOf('# what a is\na: 1\nb: 2\n')).toThrow('b has no comment');
  });

  it('takes a map whose keys are explained for a section, and one that is explained itself for a value', () => {
    expect(valuesOf('a:\n  # what b is,\n  # at length\n  b: 1\n# what c is\nc: {d: 2}\n')).toEqual([
      { path: 'a.b', preset: 1, about: 'what b is, at length' },
      { path: 'c', preset: { d: 2 }, about: 'what c is' },
    ]);
  });
});

it('the chart has the version of the program', () => {
  const { version } = JSON.parse(read('package.json'));
  expect(parse(read('charts/cofferdam/Chart.yaml'))).toMatchObject({ version, appVersion: version });
});
