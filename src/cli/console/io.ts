import { basename } from 'node:path';
import process from 'node:process';

/** What a command may touch of the outside world besides files; tests hand in their own. */
export interface CliIo {
  /** The program's name, as whoever runs it calls it; left out for `cofferdam`. */
  readonly name?: string | undefined;
  readonly stdin: NodeJS.ReadableStream;
  /** Standard output: results alone. */
  readonly out: (text: string) => void;
  /** Standard error: problems, progress and hints. */
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True when standard output may carry colour codes. */
  readonly color: boolean;
  /** True when standard error is a terminal: whoever watches it wants progress. */
  readonly isTTY: boolean;
  /** The width of the terminal that standard output goes to; undefined if it goes to none. */
  readonly columns?: number | undefined;
  /** Output for a command that runs for months. If it can no longer be written, the command goes on. */
  readonly asService?: () => Service;
}

export interface Service {
  /** Bytes of output that nobody has read. */
  behind(): number;
  /** Ends the process after so many milliseconds, even if output that nobody reads would keep it alive. */
  endWithin(milliseconds: number): void;
}

/** 0 if all is well; 1 if something fails, such as a rejected Pod; 2 if there is no answer (usage, input, could not run). */
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
 * https://no-color.org (any value but the empty one switches off) and FORCE_COLOR (`0` and `false` switch off), in
 * that order; without either, a terminal that is not `dumb` gets colour.
 */
export function wantsColor(env: CliIo['env'], isTTY: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return isTTY && env.TERM !== 'dumb';
}

/**
 * A reader that has seen enough (`| head`) closes the pipe: no error of ours. A full disk is one, and an answer that
 * could not be written is no answer; a log that could not be written is no reason to stop answering.
 */
function survivePipes(streams: readonly NodeJS.WriteStream[], isService: () => boolean): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || isService()) return;
      if (stream === process.stdout) process.stderr.write(`error: cannot write the output: ${error.code}\n`);
      process.exit(2);
    });
  }
}
