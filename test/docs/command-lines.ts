import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGES, ROOT, textOf } from './pages.ts';

/** A command as a reader is told to run it. */
export interface CommandLine {
  /** The file and line of the command. */
  readonly where: string;
  readonly text: string;
  /** Set where the reader copies the whole line: in a block, or in the notes. */
  readonly toCopy?: true;
}

/** Programs that readers are told to run with arguments. */
const PROGRAMS = 'npx|npm|node|cofferdam|helm|kubectl|kustomize|docker|minikube';

/** Every command that Markdown pages, the chart's notes and the sources tell the reader to run. */
export const commandLines = (): readonly CommandLine[] => [
  ...PAGES.filter(page => page !== 'CHANGELOG.md').flatMap(linesOfPage),
  ...linesOfNotes(),
  ...readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts'))
    .flatMap(file => linesOfSource(`src/${file}`)),
];

/** Finds blocks of shell, lines with a prompt, and code in prose that is a command with arguments. */
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

/** Stands for a backslash and its line break; it is as long as these, so that places in the text stay. */
const GOES_ON = '\0\0';

/** A line that ends in a backslash continues, even within a word; the text that `<<` hands over is no command. */
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

/** The commands of the notes, which are five spaces in; a word stands for whatever Helm fills in. */
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

/** Finds text in quotes within a message, text that begins with a program, and text after a bar or a colon. */
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
      // The line is a comment, or an example of help, which is read where it is printed.
      if (/^\s*(\*|\/\/|\/\*)/.test(line) || examplesIn(line).length > 0) return [];
      const found = patterns.flatMap(pattern => [...line.matchAll(pattern)].map(([, text = '']) => text));
      return found.map(text => ({ where: `${file}:${i + 1}`, text: filledIn(text.replace(/ {3}.*/, '')) }));
    });
}

/** Puts a word where a template fills something in, and in help, the name of the command that it is for. */
const filledIn = (text: string): string =>
  text.replace(/\$\{command\}/g, 'review').replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, 'WORD');

/** The examples of a page of help: two spaces in, followed by three spaces and what they are for. */
export const examplesIn = (help: string): readonly string[] =>
  [...help.matchAll(new RegExp(`^ {2}((?:${PROGRAMS}) (?!\\[options).*?)(?: {3,}.*)?$`, 'gm'))].map(
    ([, text = '']) => text,
  );

/** The simple commands of a line, as words. Text after `#` is a comment; substitutions are commands, too. */
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
