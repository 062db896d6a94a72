import { basename } from 'node:path';
import process from 'node:process';
import { whyNotWritten } from '../../source/files/why-not.ts';

/** The parts of the outside world that a command may use besides files; tests provide their own. */
export interface CliIo {
  /** The program's name, as it was called; left out for `cofferdam`. */
  readonly name?: string | undefined;
  readonly stdin: NodeJS.ReadableStream;
  /** Standard output, which only has results. */
  readonly out: (text: string) => void;
  /** Standard error, for problems, progress and hints. */
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True when standard output may carry colour codes. */
  readonly color: boolean;
  /** True when standard error is a terminal, where somebody may watch progress. */
  readonly isTTY: boolean;
  /** The width of standard output's terminal; undefined where it goes to none. */
  readonly columns?: number | undefined;
  /** Output for a command that runs for months. It continues even if output can no longer be written. */
  readonly asService?: () => Service;
}

export interface Service {
  /** The bytes of output that have not been read. */
  behind(): number;
  /** Ends the process after this many milliseconds, even if unread output would keep it alive. */
  endWithin(milliseconds: number): void;
}

/**
 * 0 if all is well; 1 if something fails, such as a rejected Pod; 2 if there is no answer (wrong usage or input, or it could
 * not run).
 */
export type ExitCode = 0 | 1 | 2;

/** The streams of this process. */
export function processIo(): CliIo {
  const streams = [process.stdout, process.stderr];
  let isService = false;
  survivePipes(streams, () => isService);
  return {
    name: nameOf(process.argv[1]),
    stdin: process.stdin,
    out: text => void process.stdout.write(text),
    err: text => void process.stderr.write(text),
    env: process.env,
    color: wantsColor(process.env, process.stdout.isTTY === true),
    isTTY: process.stderr.isTTY === true,
    columns: process.stdout.columns,
    asService: () => {
      isService = true;
      return {
        behind: () => Math.max(...streams.map(({ writableLength }) => writableLength)),
        endWithin: milliseconds => void setTimeout(() => process.exit(), milliseconds).unref(),
      };
    },
  };
}

/** kubectl runs `kubectl-NAME` of PATH for `kubectl NAME`: https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/ */
const nameOf = (script = ''): string | undefined =>
  basename(script).startsWith('kubectl-cofferdam') ? 'kubectl cofferdam' : undefined;

/**
 * Whether to use colour, by https://no-color.org (any value but the empty one switches it off) and then FORCE_COLOR (`0` and
 * `false` switch it off); without either, a terminal that is not `dumb` gets colour.
 */
export function wantsColor(env: CliIo['env'], isTTY: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTTY && env.TERM !== 'dumb';
}

/**
 * Handles errors of output. A reader that has seen enough (`| head`) closes the pipe, which is no error of ours. A full disk is
 * one: an answer that could not be written is no answer, but a log that could not be written is no reason to stop answering.
 */
function survivePipes(streams: readonly NodeJS.WriteStream[], isService: () => boolean): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || isService()) return;
      if (stream === process.stdout) {
        process.stderr.write(`error: cannot write the output: ${whyNotWritten(error)}\n`);
      }
      process.exit(2);
    });
  }
}
