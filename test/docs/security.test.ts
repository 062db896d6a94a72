import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linksIn, ROOT, type Table, tablesIn, targetOf, textOf } from './pages.ts';

/*
What SECURITY.md and docs/security/bypasses.md say is worth what the tests are that they name.
*/

const SECURITY = 'SECURITY.md';
const BYPASSES = 'docs/security/bypasses.md';

interface Named {
  /** Path from the root. */
  readonly file: string;
  /** Parts of titles, as they are written in the file. */
  readonly titles: readonly string[];
}

/** Tests that are named in a text: a link to the file, and titles in quotes. */
function testsIn(page: string, text: string): readonly Named[] {
  return [...text.matchAll(/\]\(([^)\s]+\.test\.ts)\)((?:,? "[^"]+")*)/g)].map(
    ([, link = '', quoted = '']) => ({
      file: targetOf(page, link),
      titles: [...quoted.matchAll(/"([^"]+)"/g)].map(([, title]) => title as string),
    }),
  );
}

/** Whether a file has such a text literal. */
const has = (file: string, title: string): boolean =>
  ["'", '"', '`'].some(quote => textOf(file).includes(`${quote}${title}${quote}`));

const missing = (page: string) =>
  testsIn(page, textOf(page)).flatMap(({ file, titles }) =>
    titles.filter(title => !has(file, title)).map(title => `${file}: ${title}`),
  );

const isTest = (link: string): boolean => link.endsWith('.test.ts');

/** Rows of a table whose last cell does not name tests by file and title. */
const unshown = (page: string, { rows }: Table) =>
  rows.filter(row => {
    const tests = testsIn(page, row.at(-1) ?? '');
    return tests.length === 0 || tests.some(({ titles }) => titles.length === 0);
  });

describe.each([SECURITY, BYPASSES])('%s', page => {
  it('names tests that there are, by their titles', () => {
    expect(missing(page)).toEqual([]);
  });

  it('names them in a form that is read here', () => {
    expect(testsIn(page, textOf(page)).map(({ file }) => file)).toEqual(
      linksIn(page)
        .filter(isTest)
        .map(link => targetOf(page, link)),
    );
  });
});

describe('what an attacker can and cannot do', () => {
  const sections = textOf(SECURITY)
    .split(/^### /m)
    .filter(text => /^(The|A|Someone) /.test(text));

  it('is told of seven', () => {
    expect(sections).toHaveLength(7);
  });

  it.each(sections.map(text => [text.split('\n', 1)[0], tablesIn(text)] as const))(
    'is shown by tests, but for what can be done and the page says why not: %s',
    (_, tables) => {
      const left = new Map(
        tables.map(table => [table.head[0]?.split(',')[0], unshown(SECURITY, table)] as const),
      );
      expect(left.get('cannot')).toEqual([]);
      expect(left.get('can')?.filter(row => !/^no test: \S/.test(row[1] ?? ''))).toEqual([]);
    },
  );
});

describe('the bypasses', () => {
  /** Number and file. */
  const inTests = readdirSync(`${ROOT}/test`, { recursive: true, encoding: 'utf8' })
    .filter(isTest)
    .map(name => `test/${name}`)
    .flatMap(file =>
      [...textOf(file).matchAll(/\bbypass (\d+)(?: and (\d+))?/g)].flatMap(([, ...numbers]) =>
        numbers.filter(number => number !== undefined).map(number => `${number} ${file}`),
      ),
    );
  const [bypasses, attacks] = tablesIn(textOf(BYPASSES)) as [Table, Table];
  const inPage = bypasses.rows.flatMap(row =>
    testsIn(BYPASSES, row.at(-1) ?? '').map(({ file }) => `${row[0]} ${file}`),
  );

  it('of the tests are those of the page, in the same files', () => {
    expect(inPage.toSorted()).toEqual([...new Set(inTests)].sort());
    expect(bypasses.rows.map(([number]) => Number(number))).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
  });

  it('and each attack beside them has a test', () => {
    expect(attacks.head[0]).toBe('attack');
    expect(unshown(BYPASSES, attacks)).toEqual([]);
  });
});
