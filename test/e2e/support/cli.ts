import { spawn } from 'node:child_process';
import process from 'node:process';
import type { Output } from './kubectl.ts';
import { MAIN } from './settings.ts';

/** Runs the command line that was built, against the cluster in KUBECONFIG unless another is given. */
export function cofferdam(args: readonly string[], kubeconfig = process.env.KUBECONFIG): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, NO_COLOR: '1', ...(kubeconfig && { KUBECONFIG: kubeconfig }) },
      timeout: 60_000,
    });
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
    child.stdin.end();
  });
}
