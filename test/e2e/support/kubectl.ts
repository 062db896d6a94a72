import { spawn } from 'node:child_process';
import { type Output, outputOf } from './output.ts';

export type { Output };

/** Runs kubectl as a person would, with `input` as JSON on its standard input. Its output is the result, even when it fails. */
export const kubectl = (args: readonly string[], input?: unknown): Promise<Output> =>
  outputOf(
    spawn('kubectl', args, { timeout: 60_000 }),
    input === undefined ? undefined : JSON.stringify(input),
  );

/**
 * Runs `kubectl`, which has to succeed.
 * @returns the standard output
 */
export async function kubectlOk(args: readonly string[], input?: unknown): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} exited with ${code}: ${stderr}`);
  return stdout;
}

/** Runs `kubectl apply -f -`. */
export const apply = (object: unknown, ...more: string[]): Promise<Output> =>
  kubectl(['apply', '-f', '-', ...more], object);
