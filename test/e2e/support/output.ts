import type { ChildProcess } from 'node:child_process';

export interface Output {
  /** Undefined where the command was killed. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The output of a command until it ends; `input` is its standard input. Rejects where it cannot be started. */
export function outputOf(child: ChildProcess, input?: string): Promise<Output> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', chunk => {
      stdout += chunk;
    });
    child.stderr?.on('data', chunk => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', code => resolve({ code: code ?? undefined, stdout, stderr }));
    child.stdin?.end(input);
  });
}
