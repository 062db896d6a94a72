import { Readable } from 'node:stream';
import type { CliIo, ExitCode } from '../../src/cli/console/io.ts';
import { run } from '../../src/cli/run.ts';

export interface Ran {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, as a shell would. */
export async function cofferdam(
  argv: readonly string[],
  given: { readonly stdin?: string } & Partial<Omit<CliIo, 'stdin' | 'out' | 'err'>> = {},
): Promise<Ran> {
  let out = '';
  let err = '';
  const { stdin = '', ...rest } = given;
  const code = await run(argv, {
    stdin: Readable.from([stdin]),
    out: text => {
      out += text;
    },
    err: text => {
      err += text;
    },
    env: {},
    color: false,
    isTTY: false,
    ...rest,
  });
  return { code, out, err };
}
