import { CommanderError } from 'commander';
import { clean } from '../source/text.ts';
import { Failure } from './console/failure.ts';
import type { CliIo, ExitCode } from './console/io.ts';
import { COMMANDS, createProgram } from './program.ts';

const FAILURE_LIMIT = 2000;

/** Runs one command line (without `node` and the script) and returns the exit code. Never throws. */
export async function run(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  let code: ExitCode = 0;
  try {
    const answer = (given: ExitCode): void => {
      code = given;
    };
    const program = await createProgram(io, answer, argv[0]);
    await program.parseAsync([...helpless(argv)], { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, io);
  }
}

/** Drops `help` before a word that is no command: commander would print all of its help without saying what is wrong. */
const helpless = (argv: readonly string[]): readonly string[] =>
  argv[0] === 'help' && argv[1] !== undefined && !Object.hasOwn(COMMANDS, argv[1]) ? argv.slice(1) : argv;

/** commander has reported its own errors before it throws; help and the version are answers. */
function explain(error: unknown, io: CliIo): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Failure) {
    // Both may contain names and paths that somebody else chose.
    io.err(`error: ${clean(error.message, FAILURE_LIMIT)}\n`);
    if (error.hint) io.err(`${clean(error.hint, FAILURE_LIMIT)}\n`);
    return 2;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.err(`error: this is a bug in cofferdam: ${detail}\n`);
  return 2;
}
