import type { AddHelpTextContext, Command, Help } from 'commander';
import { columns, hang, wrap } from '../../report/layout/wrap.ts';
import type { CliIo } from './io.ts';
import { widthOf } from './width.ts';

/** The columns that the description of an option needs beside it; with fewer, it goes below. */
const LEAST_BESIDE = 24;
/** The columns of commander's lines by default. */
const DEFAULT_WIDTH = 80;

/** Formats like commander, but breaks lines at spaces however narrow the terminal is. */
const formatItem: Help['formatItem'] = (term, termWidth, description, helper) => {
  const width = helper.helpWidth ?? DEFAULT_WIDTH;
  if (!description) return `  ${term}`;
  if (width - termWidth - 4 < LEAST_BESIDE) {
    return [`  ${term}`, ...hang('      ', description, width)].join('\n');
  }
  return hang(`  ${term.padEnd(termWidth)}  `, description, width).join('\n');
};

/** Fits the help of a program, and of all commands registered so far, to the terminal. */
export function fitHelp(program: Command, io: CliIo): Command {
  // If it is undefined, commander takes its default, as it does without a terminal.
  const width = () => widthOf(io) as number;
  return program
    .configureOutput({ getOutHelpWidth: width, getErrHelpWidth: width })
    .configureHelp({ formatItem, minWidthToWrap: LEAST_BESIDE });
}

/** Text below the help of a command: as it is written, or wrapped for a narrower terminal. */
export function helpBelow(text: string): (context: AddHelpTextContext) => string {
  return ({ command, error }) => {
    const { getOutHelpWidth, getErrHelpWidth } = command.configureOutput();
    const width: number | undefined = (error ? getErrHelpWidth : getOutHelpWidth)?.();
    return width === undefined ? text : fitted(text, width);
  };
}

/** Wraps paragraphs. Examples are indented; what they do goes below them if it does not fit beside them. */
export function fitted(text: string, width: number): string {
  const blocks = text.matchAll(/(?:^ .*\n?)+|(?:^[^ \n].*\n?)+|^\n/gm);
  return Array.from(blocks, ([block]) => {
    if (block === '\n') return block;
    const lines = block.replace(/\n$/, '').split('\n');
    const anew = block.startsWith(' ') ? examples(lines, width) : wrap(lines.join(' '), width);
    return `${anew.join('\n')}\n`;
  }).join('');
}

function examples(lines: readonly string[], width: number): readonly string[] {
  if (lines.every(line => columns(line) <= width)) return lines;
  return lines.flatMap(line => {
    const [, command = '', does] = /^ *(.*?)(?: {2,}(\S.*))?$/.exec(line) ?? [];
    return [...shellLines(command, width), ...(does ? hang('      ', does, width) : [])];
  });
}

/** A command line that can be pasted, broken between its words, which quotes may hold together. */
export function shellLines(command: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const word of command.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? []) {
    if (line.trim() !== '' && columns(`${line} ${word} \\`) > width) {
      lines.push(`${line} \\`);
      line = '   ';
    }
    line = `${line} ${word}`;
  }
  return [...lines, line];
}
