import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** The Markdown pages of the repository, by their paths from its root. */
export const PAGES: readonly string[] = [
  ...readdirSync(ROOT).filter(name => name.endsWith('.md')),
  ...['docs', 'charts', 'test', 'policies'].flatMap(folder =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.md') && !name.includes('node_modules'))
      .map(name => `${folder}/${name}`),
  ),
].sort();

export const textOf = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** The page without blocks of code. */
const proseOf = (page: string): string => textOf(page).replace(/^(`{3,}).*\n[\s\S]*?\n\1$/gm, '');

/** Targets of links that are in the repository, as they are written. */
export const linksIn = (page: string): readonly string[] =>
  [
    ...proseOf(page)
      .replace(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^()\s]+)\)/g),
  ]
    .map(([, target]) => target as string)
    .filter(target => !/^[a-z]+:/.test(target));

/** @returns the path from the root */
export const targetOf = (page: string, link: string): string => join(dirname(page), link).replace(/#.*$/, '');

/** Whether there is such a file and, of a page, such a heading. */
export function resolves(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(ROOT, target))) return false;
  if (anchor === undefined) return true;
  return statSync(join(ROOT, target)).isFile() && anchorsOf(target).has(anchor);
}

/** The anchors that GitHub makes of headings, in the order of these. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of proseOf(page).matchAll(/^#{1,6} +(.+)$/gm)) {
    const anchor = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    let unique = anchor;
    for (let i = 1; anchors.has(unique); i++) unique = `${anchor}-${i}`;
    anchors.add(unique);
  }
  return anchors;
}

/** The text under a heading of any level, down to the next heading that is as high or higher. */
export function sectionOf(page: string, heading: string): string {
  const headings = headingsOf(page);
  const at = headings.findIndex(({ text }) => text === heading);
  const found = headings[at];
  if (!found) throw new Error(`${page} has no heading "${heading}"`);
  const next = headings.find(({ level }, i) => i > at && level <= found.level);
  return textOf(page).slice(found.end, next?.start);
}

/** Headings with their levels and places, without lines of code that look like one. */
export const headingsOf = (page: string) =>
  Array.from(
    textOf(page)
      .replace(/^(`{3,}).*\n[\s\S]*?\n\1$/gm, block => block.replace(/[^\n]/g, ' '))
      .matchAll(/^(#{1,6}) +(.+)$/gm),
    ({ 0: line, 1: marks = '', 2: text = '', index }) => ({
      level: marks.length,
      text,
      start: index,
      end: index + line.length,
    }),
  );

/** The contents of the blocks of a language. */
export const blocksIn = (text: string, language: string): readonly string[] =>
  Array.from(
    text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm')),
    ([, block = '']) => block,
  );

export interface Table {
  readonly head: readonly string[];
  /** The cells of each row. */
  readonly rows: readonly (readonly string[])[];
}

export function tablesIn(text: string): readonly Table[] {
  const cellsOf = (line: string) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map(cell => cell.replaceAll('\\|', '|').trim());
  return [...text.matchAll(/^(\|.*\|)\n\|[-|]+\|\n((?:\|.*\|(?:\n|$))*)/gm)].map(
    ([, head = '', rows = '']) => ({
      head: cellsOf(head),
      rows: rows.trimEnd().split('\n').map(cellsOf),
    }),
  );
}
