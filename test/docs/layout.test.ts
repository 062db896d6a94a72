import { describe, expect, it } from 'vitest';
import { blocksIn, PAGES, tablesIn, textOf } from './pages.ts';

/*
What makes a page hard to read on GitHub, whatever it says: a table that is wider than the page, a wall of text, a command
whose end is out of sight, a backslash that only a table needs, and a sentence that is shown as part of the quotation above it.
*/

/** More columns than this do not fit beside each other, however short their words are. */
const MOST_COLUMNS = 10;
/** About nine lines of a page. */
const MOST_CHARACTERS = 900;

/** GitHub shows 107 characters of code beside each other on a screen of 1280 pixels; a terminal is often narrower. */
const MOST_OF_CODE = 100;
const withoutCode = (text: string): string => text.replace(/^(`{3,}).*\n[\s\S]*?\n\1$/gm, '');

/** Paragraphs and items outside of tables and blocks of code, without the targets of their links. */
const paragraphsIn = (text: string): readonly string[] =>
  withoutCode(text)
    .split('\n')
    .filter(line => !line.startsWith('|'))
    .map(line => line.replace(/\]\([^()\s]+\)/g, ']'));

/** Lines right below a quotation, which goes on with them (CommonMark 0.31, 5.1: a lazy continuation line). */
const swallowedIn = (text: string): readonly string[] =>
  Array.from(withoutCode(text).matchAll(/^>.*\n(?!>)(.+)/gm), ([, line = '']) => line);

function faultsIn(text: string): readonly string[] {
  const wide = tablesIn(text).filter(({ head }) => head.length > MOST_COLUMNS);
  const long = paragraphsIn(text).filter(line => line.length > MOST_CHARACTERS);
  const escaped = paragraphsIn(text).filter(line => /`[^`]*\\\|[^`]*`/.test(line));
  return [
    ...escaped.map(line => `a backslash before a bar: ${line.slice(0, 80)}`),
    ...wide.map(({ head }) => `${head.length} columns: ${head.join(', ').slice(0, 80)}`),
    ...long.map(line => `${line.length} characters: ${line.slice(0, 80)}`),
    ...swallowedIn(text).map(line => `part of a quotation: ${line.slice(0, 80)}`),
  ];
}

it.each(PAGES)(
  '%s has no table that is too wide, no wall of text, and nothing in a quotation by mistake',
  page => {
    expect(faultsIn(textOf(page))).toEqual([]);
  },
);

/** East Asian characters take the room of two. */
const widthOf = (line: string): number => line.replaceAll(/[\u2e80-\uffef]/g, 'xx').length;

/** Items of lists have their code three blanks in. */
const commandsOf = (page: string): readonly string[] =>
  blocksIn(textOf(page).replaceAll(/^ {3}/gm, ''), 'sh').flatMap(block => block.split('\n'));

it.each(PAGES)('%s shows each command whole', page => {
  expect(commandsOf(page).filter(line => widthOf(line) > MOST_OF_CODE)).toEqual([]);
});

it('sees the commands of the pages that are read first, and in a hurry', () => {
  for (const page of ['README.md', 'README.zh-CN.md', 'docs/docker.md', 'docs/troubleshooting.md'])
    expect(commandsOf(page).length).toBeGreaterThan(10);
});

it('README says what deploy/ stands for before a reader types it', () => {
  const text = textOf('README.md');
  const said = text.indexOf('`deploy/` stands for');
  expect(said).toBeGreaterThan(0);
  expect(said).toBeLessThan(text.indexOf('\nnpx --no-install cofferdam review deploy/'));
});

describe('a page', () => {
  const COLUMNS = Array.from({ length: MOST_COLUMNS + 1 }, (_, i) => `c${i}`);
  const WORDS = 'some words '.repeat(MOST_CHARACTERS / 10);

  it.each([
    ['a table of eleven columns', `| ${COLUMNS.join(' | ')} |\n|${'---|'.repeat(COLUMNS.length)}\n`, 1],
    ['a long paragraph', WORDS, 1],
    ['long code', `\`\`\`\n${WORDS}\n\`\`\`\n`, 0],
    ['a bar of a table outside of one', 'Write `a \\| b`.', 1],
    ['a bar in code', 'Write `a | b`.', 0],
    ['a sentence right below a quotation', '> quoted\nnot quoted\n', 1],
    ['a sentence behind a quotation', '> quoted\n>\n> quoted\n\nnot quoted\n', 0],
    ['a long link', `[link](https://example.com/${'a'.repeat(MOST_CHARACTERS)})`, 0],
  ])('with %s', (_, text, faults) => {
    expect(faultsIn(text)).toHaveLength(faults);
  });
});
