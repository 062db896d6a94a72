import { CommanderError } from 'commander';
import { clean } from '../report/text.ts';
import { Failure } from './failure.ts';
import type { CliIo, ExitCode } from './io.ts';
import { createProgram } from './program.ts';

const FAILURE_LIMIT = 2000;

/** Runs one command line (without `node` and the script) and says how the process is to exit. Never throws. */
export async function run(argv: readonly string[], io: CliIo): Promise<ExitCode> {
  let code: ExitCode = 0;
  try {
    const answer = (given: ExitCode): void => {
      code = given;
    };
    const program = await createProgram(io, answer, argv[0]);
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, io);
  }
}

/** commander has told its own errors by the time it throws; help and the version are answers. */
function explain(error: unknown, io: CliIo): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Failure) {
    // Both may hold names and paths that somebody else chose.
    io.err(`error: ${clean(error.message, FAILURE_LIMIT)}\n`);
    if (error.hint) io.err(`${clean(error.hint, FAILURE_LIMIT)}\n`);
    return 2;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.err(`error: this is a bug in cofferdam: ${detail}\n`);
  return 2;
}
