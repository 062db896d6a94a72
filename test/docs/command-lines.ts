import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES, ROOT, textOf } from './pages.ts';

/** A command as somebody is told to run it. */
export interface CommandLine {
  /** File and line. */
  readonly where: string;
  readonly text: string;
  /** Set on a line to be copied whole: of a block, or of notes. */
  readonly toCopy?: true;
}

/** Programs that readers are told to run with words behind them. */
const PROGRAMS = 'npx|npm|node|cofferdam|helm|kubectl|kustomize|docker|minikube';

/** All that Markdown pages, the chart's notes and the sources tell somebody to run. */
export const commandLines = (): readonly CommandLine[] => [
  ...PAGES.filter(page => page !== 'CHANGELOG.md').flatMap(linesOfPage),
  ...linesOfNotes(),
  ...readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .flatMap(file => linesOfSource(`src/${file}`)),
];

/** Blocks of shell, lines with a prompt, and code within prose that is a command with words behind it. */
function linesOfPage(page: string): readonly CommandLine[] {
  const text = textOf(page);
  const found: CommandLine[] = [];
  const add = (offset: number, words: string, toCopy?: true): void => {
    const where = `${page}:${text.slice(0, offset).split('\n').length}`;
    found.push({ where, text: words, ...(toCopy && { toCopy }) });
  };
  const prose = text.replace(
    /^( *```)(.*)\n([\s\S]*?)^ *```$/gm,
    (block: string, fence: string, language: string, body: string, offset: number) => {
      const start = offset + fence.length + language.length + 1;
      for (const [match, words] of language === 'sh' ? shellLines(body) : promptLines(body))
        add(start + match, words, true);
      return block.replace(/[^\n]/g, ' ');
    },
  );
  for (const { 2: words = '', index } of prose.matchAll(/(`+)(?: ?)([^\n]+?)(?: ?)\1/g))
    if (new RegExp(`^(${PROGRAMS}) [^=]`).test(words)) add(index, words);
  return found;
}

type Line = readonly [offset: number, words: string];

/** Stands for a backslash at the end of a line, and is as long, so that places in the text stay. */
const GOES_ON = '\0\0';

/** Lines that end in a backslash go on, even within a word; what is handed over by `<<` is no command. */
function shellLines(body: string): readonly Line[] {
  const plain = body
    .replace(/(<<-?'?(\w+)'?.*\n)[\s\S]*?^\2$/gm, (whole, first: string) => first.padEnd(whole.length))
    .replaceAll('\\\n', GOES_ON);
  return [...plain.matchAll(/^(?! *#)(.*\S.*)$/gm)].map(({ index, 1: words = '' }) => [
    index,
    words.replaceAll(GOES_ON, ''),
  ]);
}

const promptLines = (body: string): readonly Line[] =>
  [...body.matchAll(/^\$ (.+)$/gm)].map(({ index, 1: words = '' }) => [index, words]);

/** Five spaces in, with what Helm fills in as a word. */
function linesOfNotes(): readonly CommandLine[] {
  const file = 'charts/cofferdam/templates/NOTES.txt';
  return readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .flatMap((line, i) => {
      const text = line
        .replace(/\{\{ include "cofferdam\.image" .*?\}\}/, 'IMAGE')
        .replace(/\{\{.*?\}\}/g, 'WORD');
      return /^ {5}\S/.test(text) ? [{ where: `${file}:${i + 1}`, text: text.trim(), toCopy: true }] : [];
    });
}

/** What stands in quotes within a message, a text that begins with a program, and what follows a bar or a colon. */
function linesOfSource(file: string): readonly CommandLine[] {
  const patterns = [
    new RegExp(`"((?:${PROGRAMS}) [^"]+)"`, 'g'),
    /`((?:kubectl|helm) [^`]+)`/g,
    /[`'|] ?(npx [^'`"|]+)/g,
    /[|:] (cofferdam [a-z]+(?: [^'`"|]*)?)/g,
  ];
  return readFileSync(join(ROOT, file), 'utf8')
    .split('\n')
    .flatMap((line, i) => {
      // A comment, or an example of help, which is read where it is printed.
      if (/^\s*(\*|\/\/|\/\*)/.test(line) || examplesIn(line).length > 0) return [];
      const found = patterns.flatMap(pattern => [...line.matchAll(pattern)].map(([, text = '']) => text));
      return found.map(text => ({ where: `${file}:${i + 1}`, text: filledIn(text.replace(/ {3}.*/, '')) }));
    });
}

/** What a template fills in, as a word; of help, the name of the command that it is for. */
const filledIn = (text: string): string =>
  text.replace(/\$\{command\}/g, 'review').replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, 'WORD');

/** The examples of a page of help: two blanks in, with what they are for behind three. */
export const examplesIn = (help: string): readonly string[] =>
  [...help.matchAll(new RegExp(`^ {2}((?:${PROGRAMS}) (?!\\[options).*?)(?: {3,}.*)?$`, 'gm'))].map(
    ([, text = '']) => text,
  );

/** The simple commands of a line, as words; what is behind `#` is a comment. Substitutions are commands, too. */
export function commandsIn(line: string): readonly (readonly string[])[] {
  const inner = [...line.matchAll(/\$\(([^()]*)\)/g)].flatMap(([, text = '']) => commandsIn(text));
  const commands: string[][] = [[]];
  for (const [word] of line.matchAll(
    /(?:'[^']*'|"(?:\$\([^()]*\)|[^"])*"|\$\([^()]*\)|[^\s'"|;&])+|&&|\|\||[|;&]/g,
  )) {
    if (word.startsWith('#')) break;
    if (/^[|;&]/.test(word)) commands.push([]);
    else if (/^[<>]/.test(word)) commands.at(-1)?.push('>');
    else if (commands.at(-1)?.at(-1) === '>') commands.at(-1)?.pop();
    else commands.at(-1)?.push(word.replace(/^(['"])(.*)\1$/, '$2'));
  }
  return [...commands.filter(words => words.length > 0), ...inner];
}
