import { writeFile } from 'node:fs/promises';
import { Option } from 'commander';
import type { Style } from '../../report/result.ts';
import { suggest } from '../../source/flaw.ts';
import { collect } from './collect.ts';
import { Failure, notWritten } from './failure.ts';
import type { CliIo } from './io.ts';
import { offering } from './offered.ts';
import { widthOf } from './width.ts';

/** One `-o FORMAT[=FILE]`; without a file, it goes to standard output. */
export interface Output {
  readonly format: string;
  readonly file: string | undefined;
}

/** What a command can write, by the name for `-o`; the first is the default. */
export type Formats<T> = Readonly<Record<string, (value: T, style: Style) => string | Promise<string>>>;

/** What a command writes, and where. */
export interface OutputOptions {
  readonly output?: readonly string[];
}

export const outputOption = (known: Formats<never>): Option => {
  const formats = Object.keys(known);
  const option = new Option(
    '-o, --output <format[=file]>',
    `${formats.join(', ')} (repeatable; default: ${formats[0]})`,
  );
  return offering(option.argParser(collect), formats);
};

/** @throws Failure when a format is unknown, or two would go to standard output */
export function parseOutputs(options: OutputOptions, known: Formats<never>): readonly Output[] {
  const formats = Object.keys(known);
  const outputs = (options.output ?? formats.slice(0, 1)).map(parseOutput);
  const unknown = outputs.find(({ format }) => !formats.includes(format));
  if (unknown) {
    throw new Failure(
      `unknown output format "${unknown.format}"`,
      suggest(unknown.format, formats, `Formats: ${formats.join(', ')}.`),
    );
  }
  const empty = outputs.find(({ file }) => file === '');
  if (empty) throw new Failure(`"-o ${empty.format}=" names no file`, `Write "-o ${empty.format}=FILE".`);
  const shown = outputs.filter(({ file }) => file === undefined);
  if (shown.length > 1) {
    throw new Failure(
      'more than one output to standard output',
      `Send all but one to a file, such as "-o ${shown[1]?.format}=FILE".`,
    );
  }
  return outputs;
}

/** `-` as the file is standard output, as it is standard input for `-f`. */
export function parseOutput(value: string): Output {
  const at = value.indexOf('=');
  if (at < 0) return { format: value, file: undefined };
  const file = value.slice(at + 1);
  return { format: value.slice(0, at), file: file === '-' ? undefined : file };
}

/** @throws Failure when a file cannot be written */
export async function writeAll<T>(
  outputs: readonly Output[],
  formats: Formats<T>,
  value: T,
  io: CliIo,
): Promise<void> {
  for (const { format, file } of outputs) {
    await writeText(file, (await formats[format]?.(value, styleFor(file, io))) ?? '', io);
  }
}

/**
 * @param file standard output where it is undefined
 * @throws Failure when the file cannot be written
 */
export async function writeText(file: string | undefined, text: string, io: CliIo): Promise<void> {
  if (file === undefined) return io.out(text);
  try {
    await writeFile(file, text);
  } catch (error) {
    throw notWritten(file, error);
  }
}

/** The width where the output does not go to a terminal. */
const DEFAULT_WIDTH = 100;

/** The style of an output: a file has no colour codes, and is not as narrow as the terminal from which it is written. */
export function styleFor(file: string | undefined, io: CliIo): Style {
  const columns = file === undefined ? io.columns : undefined;
  return { color: io.color && file === undefined, width: widthOf({ env: io.env, columns }) ?? DEFAULT_WIDTH };
}
