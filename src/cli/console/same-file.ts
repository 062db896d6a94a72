import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Position, placeRead } from '../../source/document.ts';
import { realPath } from '../../source/files/real-path.ts';
import { Failure } from './failure.ts';
import { parseOutput } from './output.ts';

/** The placeholder of an option or an argument that takes a file. */
const FILE = /[<[](file|path|name\|path)[>\]]$/;
const FILE_ARGUMENTS = /^(file|files|transcript)$/;

/** A file, and the words of the command line that name it. */
interface Named {
  readonly by: string;
  readonly file: string;
  readonly isOutput: boolean;
}

/**
 * Keeps a command from writing an output over another, or over a file that it reads.
 *
 * @throws Failure where two words of the command line name one file, and one of them is an output
 */
export function refuseSameFile(command: Command): void {
  const before = new Map<string, Named>();
  for (const named of [...argumentsOf(command), ...optionsOf(command)]) {
    // Standard input and output are no files, and a device, such as /dev/null, keeps nothing.
    if (named.file === '-' || named.file.startsWith('/dev/')) continue;
    const path = realPath(resolve(named.file));
    const other = before.get(path);
    if (other && (named.isOutput || other.isOutput)) {
      const both = other.by === named.by ? `${named.by} twice` : `${other.by} and ${named.by}`;
      throw new Failure(`${named.file} is named by ${both}`, 'Give each a file of its own.');
    }
    before.set(path, named);
  }
}

/**
 * Keeps a command from writing an output over a manifest that it has found in a folder. Whatever else lies there may be what an
 * earlier run wrote, and is written anew.
 *
 * @param files what is written; undefined for standard output
 * @param judged where the objects stand that were judged
 * @throws Failure where one of the files holds such an object
 */
export function refuseJudged(files: readonly (string | undefined)[], judged: readonly Position[]): void {
  const there = files.filter(file => file !== undefined && existsSync(file));
  if (there.length === 0) return;
  const shown = new Set(judged.map(position => placeRead(position).file));
  const paths = new Set([...shown].map(file => realPath(resolve(file))));
  const over = there.find(file => file !== undefined && paths.has(realPath(resolve(file))));
  if (over !== undefined) {
    throw new Failure(`${over} is a manifest that was judged, so nothing was written`, 'Name another file.');
  }
}

/** `files` are read; a command that takes one `file` writes it. */
function argumentsOf(command: Command): readonly Named[] {
  const name = command.registeredArguments[0]?.name() ?? '';
  if (!FILE_ARGUMENTS.test(name)) return [];
  return command.args.map(file => ({ by: 'an argument', file, isOutput: name === 'file' }));
}

function optionsOf(command: Command): readonly Named[] {
  return command.options.flatMap(option => {
    const given: unknown = command.getOptionValue(option.attributeName());
    const texts = [given].flat().filter(value => typeof value === 'string');
    if (option.long === '--output') return texts.flatMap(outputOf);
    if (!FILE.test(option.flags)) return [];
    return texts.map(file => ({
      by: `"${option.long}"`,
      file,
      isOutput: option.long === '--output-file',
    }));
  });
}

/** An empty name of a file is refused by the code that reads the option. */
function outputOf(value: string): readonly Named[] {
  const { format, file } = parseOutput(value);
  return file ? [{ by: `"-o ${format}"`, file, isOutput: true }] : [];
}
