import { clean } from '../../source/text.ts';
import type { Review } from '../result.ts';
import { overallSentences } from '../words/overall.ts';
import { type Level, type Remark, remarksOf } from './remarks.ts';

const COMMANDS: Readonly<Record<Level, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/**
 * `-o github`: annotations for the lines of a pull request, as commands in the log of a workflow.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export const github = (review: Review): string =>
  [
    ...remarksOf(review).map(annotation),
    ...overallSentences(review).map(text => `::notice title=cofferdam::${inData(clean(text, 4000))}\n`),
  ].join('');

function annotation({ level, rule, message, fix, position: { file, line, column } }: Remark): string {
  const properties = Object.entries({ file, line, col: column, title: `cofferdam: ${rule}` })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${inProperty(String(value))}`);
  const text = fix ? `${message}\nFix: ${fix}` : message;
  return `::${COMMANDS[level]} ${properties.join(',')}::${inData(text)}\n`;
}

/** Escapes what the runner unescapes (actions/toolkit, packages/core/src/command.ts); anything else would end the command. */
const inData = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
/** Names of files may be anybody's choice; a path has at most 4096 characters. */
const inProperty = (text: string): string =>
  inData(clean(text, 4096)).replaceAll(':', '%3A').replaceAll(',', '%2C');
