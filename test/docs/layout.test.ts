import { describe, expect, it } from 'vitest';
import { PAGES, tablesIn, textOf } from './pages.ts';

/*
What makes a page hard to read on GitHub, whatever it says: a table that is wider than the page, and a wall of text.
*/

/** More columns than this do not fit beside each other, however short their words are. */
const MOST_COLUMNS = 10;
/** About nine lines of a page. */
const MOST_CHARACTERS = 900;

/** Paragraphs and items outside of tables and blocks of code, without the targets of their links. */
const paragraphsIn = (text: string): readonly string[] =>
  text
    .replace(/^(`{3,}).*\n[\s\S]*?\n\1$/gm, '')
    .split('\n')
    .filter(line => !line.startsWith('|'))
    .map(line => line.replace(/\]\([^()\s]+\)/g, ']'));

function faultsIn(text: string): readonly string[] {
  const wide = tablesIn(text).filter(({ head }) => head.length > MOST_COLUMNS);
  const long = paragraphsIn(text).filter(line => line.length > MOST_CHARACTERS);
  return [
    ...wide.map(({ head }) => `${head.length} columns: ${head.join(', ').slice(0, 80)}`),
    ...long.map(line => `${line.length} characters: ${line.slice(0, 80)}`),
  ];
}

it.each(PAGES)('%s has no table that is too wide and no wall of text', page => {
  expect(faultsIn(textOf(page))).toEqual([]);
});

describe('a page', () => {
  const COLUMNS = Array.from({ length: MOST_COLUMNS + 1 }, (_, i) => `c${i}`);
  const WORDS = 'some words '.repeat(MOST_CHARACTERS / 10);

  it.each([
    ['a table of eleven columns', `| ${COLUMNS.join(' | ')} |\n|${'---|'.repeat(COLUMNS.length)}\n`, 1],
    ['a long paragraph', WORDS, 1],
    ['long code', `\`\`\`\n${WORDS}\n\`\`\`\n`, 0],
    ['a long link', `[link](https://example.com/${'a'.repeat(MOST_CHARACTERS)})`, 0],
  ])('with %s', (_, text, faults) => {
    expect(faultsIn(text)).toHaveLength(faults);
  });
});
