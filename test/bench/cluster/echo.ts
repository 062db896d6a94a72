import { join } from 'node:path';
import process from 'node:process';
import { TLS_CERT, TLS_KEY } from '../../e2e/support/settings.ts';
import type { Part, Stoppers } from './controls.ts';
import { startProgram } from './program.ts';
import { registrationsOf } from './registration.ts';

/** The echo as a mutating and a validating webhook, asked as often as Cofferdam's are. */
export async function echoPart(stop: Stoppers): Promise<Part> {
  const script = join(import.meta.dirname, 'echo-hook.ts');
  const program = startProgram(stop, 'echo', [process.execPath, script, TLS_CERT, TLS_KEY]);
  const port = Number(await program.said(/port (\d+)/));
  const paths = { mutatePath: '/', validatePath: '/' };
  return {
    standing: [],
    switches: registrationsOf({ name: 'echo', port, ...paths, reinvoke: true }),
    pids: [program.pid],
  };
}
