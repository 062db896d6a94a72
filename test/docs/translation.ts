import { dirname, join, relative } from 'node:path';
import { anchorsOf, PAGES } from './pages.ts';

/** A page, by its path from the root. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

/** The path of the English original of a page; an English page is its own. */
export const englishOf = (page: string): string =>
  page.replace(/^docs\/zh-CN\//, 'docs/').replace(/\.zh-CN\.md$/, '.md');

/** The English pages that exist in Chinese, too, with the path of the Chinese page. */
export const TRANSLATED: ReadonlyMap<string, string> = new Map(
  PAGES.filter(page => englishOf(page) !== page).map(page => [englishOf(page), page]),
);

/** A heading, a paragraph, an item, a row of a table or a block of code: each has one counterpart in the other language. */
interface Part {
  readonly line: number;
  readonly kind: string;
  /** The cells of a row, or a single text for every other kind. */
  readonly texts: readonly string[];
}

/** A block of code; or a single line: a heading, a row, an item or a comment; or else a paragraph. */
const PART = /^(`{3,}).*\n[\s\S]*?\n\1$|^(?:[#|<]|- ).*$|(?:^(?!```|[#|<]|- ).+$\n?)+/gm;

const partsOf = (text: string): readonly Part[] =>
  Array.from(text.matchAll(PART), ({ 0: part, index }) => ({
    line: text.slice(0, index).split('\n').length,
    ...partOf(part.trimEnd()),
  })).filter(({ kind }) => kind !== 'nothing');

/** Comments of HTML do not count, nor do the rules below the heads of tables. */
function partOf(part: string): Omit<Part, 'line'> {
  if (part.startsWith('<!--') || /^\|[-|]+\|$/.test(part)) return { kind: 'nothing', texts: [] };
  const [, fence, language = '', body = ''] = /^(`{3,})(.*)\n([\s\S]*)\n\1$/.exec(part) ?? [];
  if (fence) return { kind: `block of ${language || 'output'}`, texts: [body] };
  const [marks] = /^#+(?= )/.exec(part) ?? [];
  if (marks) return { kind: `heading of level ${marks.length}`, texts: [part] };
  if (part.startsWith('- ')) return { kind: 'item', texts: [part] };
  if (!part.startsWith('|')) return { kind: 'paragraph', texts: [part] };
  const cells = part.slice(1, -1).split(/(?<!\\)\|/);
  return { kind: `row of ${cells.length} cells`, texts: cells.map(cell => cell.trim()) };
}

/** The links between languages are the paragraph below the title. */
const LANGUAGES = 1;

const comparedOf = ({ text }: Page): readonly Part[] => partsOf(text).toSpliced(LANGUAGES, 1);

const linksOf = (text: string): readonly string[] =>
  Array.from(text.matchAll(/\]\(([^()\s]+)\)/g), ([, link = '']) => link);

/** Links to the other language, where a page has them below its title. */
export const languagesOf = ({ text, path }: Page): readonly string[] =>
  (partsOf(text)[LANGUAGES]?.texts ?? []).flatMap(linksOf).map(link => join(dirname(path), link));

/**
 * The differences of the Chinese page, each with the places in both. Words are not compared, except verdicts; numbers are, as
 * facts change with them. Where two parts differ in kind the comparison ends, as everything after them has moved.
 */
export function differences(english: Page, chinese: Page): readonly string[] {
  const [originals, parts] = [comparedOf(english), comparedOf(chinese)];
  const found: string[] = [];
  for (let i = 0; i < Math.max(originals.length, parts.length); i++) {
    const [original, part] = [originals[i], parts[i]];
    const tell = (what: string) =>
      found.push(
        `${chinese.path}:${part?.line ?? 'end'}, of ${english.path}:${original?.line ?? 'end'}: ${what}`,
      );
    if (!original || !part || original.kind !== part.kind) {
      tell(`${part?.kind ?? 'nothing'} for ${original?.kind ?? 'nothing'}`);
      break;
    }
    original.texts.forEach((text, cell) => {
      const other = part.texts[cell] ?? '';
      const faults = part.kind.startsWith('block')
        ? faultsOfBlock(text, other, part.kind)
        : faultsOfProse(text, other, english.path, chinese.path);
      faults.forEach(tell);
    });
  }
  return found;
}

/** Compares line by line; where one has moved the others, only the first is told. Comments of shell and YAML may be in Chinese. */
function faultsOfBlock(english: string, chinese: string, kind: string): readonly string[] {
  const mayDiffer = /(sh|yaml)$/.test(kind);
  const [originals, lines] = [english.split('\n'), chinese.split('\n')];
  const count = Math.max(originals.length, lines.length);
  const faults = Array.from(
    { length: count },
    (_, i) => [originals[i] ?? 'nothing', lines[i] ?? 'nothing'] as const,
  )
    .filter(([original, line]) => original !== line && !(mayDiffer && isTranslated(original, line)))
    .map(([original, line]) => `"${line}" for "${original}"`);
  return originals.length === lines.length ? faults : faults.slice(0, 1);
}

const COMMENT = /^(.*?)(?:(?<=^|\s)# (.*))?$/;

function isTranslated(original: string, line: string): boolean {
  const [[, code = '', comment = ''] = [], [, ours = '', translation = ''] = []] = [original, line].map(
    text => COMMENT.exec(text) ?? [],
  );
  const sameNumbers = missing(numbersOf(comment), numbersOf(translation)).length === 0;
  return code === ours && comment !== '' && /\p{Script=Han}/u.test(translation) && sameNumbers;
}

const CODE = /`([^`\n]+)`/g;
const codeOf = (text: string): readonly string[] => Array.from(text.matchAll(CODE), ([, code = '']) => code);
const numbersOf = (text: string): readonly string[] =>
  text
    .replace(CODE, '')
    .replace(/\]\([^()\s]+\)/g, '')
    .match(/\d+(?:\.\d+)*/g) ?? [];

/** A cell of a table that holds only one of these words holds only the other in Chinese. */
const VERDICTS: Readonly<Record<string, string>> = {
  admitted: '放行',
  sandboxed: '放入沙箱',
  rejected: '拒绝',
};

function faultsOfProse(english: string, chinese: string, from: string, to: string): readonly string[] {
  const verdict = VERDICTS[english];
  return [
    ...missing(codeOf(english), codeOf(chinese)).map(code => `code ${code}`),
    ...missing(
      linksOf(english).map(link => linkInChinese(link, from, to)),
      linksOf(chinese),
    ).map(link => `link ${link}`),
    ...missing(numbersOf(english), numbersOf(chinese)).map(number => `number ${number}`),
    ...(verdict !== undefined && verdict !== chinese ? [`${chinese} for ${english}`] : []),
  ];
}

/** The items of one list that the other lacks, in any order, as sentences are built differently. */
function missing(wanted: readonly string[], there: readonly string[]): readonly string[] {
  const rest = [...there];
  const gone = wanted.filter(one => {
    const at = rest.indexOf(one);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return [...gone.map(one => `"${one}" is not there`), ...rest.map(one => `"${one}" is too much`)];
}

/** The link to the same page and heading, in Chinese where there is one. */
function linkInChinese(link: string, from: string, to: string): string {
  if (/^[a-z]+:/.test(link))
    return link.replace('https://kubernetes.io/docs/', 'https://kubernetes.io/zh-cn/docs/');
  const [path = '', anchor] = link.split('#');
  const page = path === '' ? from : join(dirname(from), path);
  const translated = TRANSLATED.get(page);
  const target = relative(dirname(to), translated ?? page);
  if (anchor === undefined) return target;
  const at = translated === undefined ? -1 : [...anchorsOf(page)].indexOf(anchor);
  const heading = translated === undefined || at < 0 ? anchor : [...anchorsOf(translated)][at];
  return `${path === '' ? '' : target}#${heading}`;
}
