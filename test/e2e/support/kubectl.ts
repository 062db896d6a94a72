import { spawn } from 'node:child_process';

export interface Output {
  /** Undefined where kubectl was killed. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs kubectl as a person would, with `input` as JSON on its standard input. What it prints is the answer, also when it fails. */
export function kubectl(args: readonly string[], input?: unknown): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn('kubectl', args, { timeout: 60_000 });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', chunk => {
      stdout += chunk;
    });
    child.stderr.on('data', chunk => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', code => resolve({ code: code ?? undefined, stdout, stderr }));
    child.stdin.end(input === undefined ? undefined : JSON.stringify(input));
  });
}

/** As `kubectl`, for what must work: the standard output. */
export async function kubectlOk(args: readonly string[], input?: unknown): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, input);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')} exited with ${code}: ${stderr}`);
  return stdout;
}

/** `kubectl apply -f -`. */
export const apply = (object: unknown, ...more: string[]): Promise<Output> =>
  kubectl(['apply', '-f', '-', ...more], object);
