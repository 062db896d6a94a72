import { readFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { RUNTIMES, type Runtime, type RuntimeName, runtimeOf } from '../../export/runtimes.ts';
import { choiceHint } from '../console/choices.ts';
import { Failure } from '../console/failure.ts';
import { helpBelow } from '../console/help.ts';
import type { CliIo } from '../console/io.ts';
import { offering } from '../console/offered.ts';
import { writeText } from '../console/output.ts';

/** The options of every part. */
export interface ExportOptions {
  readonly outputFile?: string;
  readonly force?: boolean;
}

/** The options of parts that are about runtimes. */
export interface RuntimeOptions extends ExportOptions {
  readonly runtime?: readonly RuntimeName[];
}

export const EXIT =
  'Exit code: 0 if it was written; 2 if nothing was written (usage, or a file that may not be overwritten).';

/** A command below `export`, with the options and the help that all parts share. */
export function part(parent: Command, name: string, what: string, examples: readonly string[]): Command {
  const lines = examples.map(example => `  cofferdam export ${name} ${example}\n`);
  return parent
    .command(name)
    .description(`Writes ${what}.`)
    .summary(what)
    .option('--output-file <file>', 'the file to write; - is standard output (default: -)')
    .option('--force', 'overwrite a file that holds something else')
    .addHelpText('after', helpBelow(`\n${EXIT}\n\nExamples:\n${lines.join('')}`));
}

/**
 * The default is gVisor and not all runtimes: a node reports every handler that containerd is configured with, even if its
 * programs are missing, and Pods would be placed there.
 */
export function runtimeOption(names: readonly RuntimeName[]): Option {
  const option = new Option('--runtime <name>', `${names.join(', ')} (repeatable; default: gvisor)`);
  option.argParser((value: string, previous: readonly RuntimeName[] | undefined) => {
    const name = names.find(one => one === value);
    if (name) return [...(previous ?? []), name];
    const known = RUNTIMES.some(one => one === value);
    throw new InvalidArgumentError(
      known ? "It needs containerd's devmapper snapshotter." : choiceHint(value, names),
    );
  });
  return offering(option, names);
}

/** The runtimes, each once, in the order given. */
export const runtimesOf = ({ runtime = ['gvisor'] }: RuntimeOptions): readonly Runtime[] =>
  [...new Set(runtime)].map(runtimeOf);

/**
 * Writes one part.
 * @throws Failure when the file has other content: nodes have settings of their own there
 */
export async function write(text: string, { outputFile, force }: ExportOptions, io: CliIo): Promise<void> {
  const file = outputFile === '-' ? undefined : outputFile;
  if (file !== undefined && force !== true) {
    const found = await readFile(file, 'utf8').catch(() => undefined);
    if (found !== undefined && found !== text) {
      throw new Failure(
        `${file} holds something else`,
        'Merge the two by hand, or overwrite the file with --force.',
      );
    }
  }
  await writeText(file, text, io);
}
