import { writeFile } from 'node:fs/promises';
import { Failure } from './failure.ts';
import type { CliIo } from './io.ts';

/** One `-o FORMAT[=FILE]`; without a file it goes to standard output. */
export interface Output {
  readonly format: string;
  readonly file: string | undefined;
}

/** @param formats names that are known, the first of them the default */
export function parseOutputs(values: readonly string[], formats: readonly string[]): readonly Output[] {
  const outputs = (values.length > 0 ? values : formats.slice(0, 1)).map(parseOutput);
  const unknown = outputs.find(({ format }) => !formats.includes(format));
  if (unknown) {
    throw new Failure(`unknown output format "${unknown.format}"`, `Formats: ${formats.join(', ')}.`);
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

/** `-` for the file is standard output, as it is standard input for `-f`. */
function parseOutput(value: string): Output {
  const at = value.indexOf('=');
  if (at < 0) return { format: value, file: undefined };
  const file = value.slice(at + 1);
  return { format: value.slice(0, at), file: file === '-' ? undefined : file };
}

/** @throws Failure when the file cannot be written */
export async function writeOutput({ file }: Output, text: string, io: CliIo): Promise<void> {
  if (file === undefined) return io.out(text);
  try {
    await writeFile(file, text);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new Failure(`cannot write ${file}: ${why}`, 'Check that its folder exists and can be written to.');
  }
}

const DEFAULT_WIDTH = 100;

/** Colour codes have no place in a file. */
export function styleFor({ file }: Output, io: CliIo): { readonly color: boolean; readonly width: number } {
  const wanted = Number(io.env.COLUMNS);
  const width = Number.isInteger(wanted) && wanted >= 40 ? wanted : DEFAULT_WIDTH;
  return { color: io.color && file === undefined, width };
}
