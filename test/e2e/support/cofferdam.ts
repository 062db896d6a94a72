import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import type { Output } from './kubectl.ts';
import { MAIN } from './settings.ts';

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Output>;
}

/** Starts a command of this project as a process of its own. */
export function start(args: readonly string[], input = ''): Started {
  const child = spawn(process.execPath, [MAIN, ...args]);
  const ended = new Promise<Output>((resolve, reject) => {
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
  });
  child.stdin.end(input);
  return { child, ended };
}

/** Runs it to its end. */
export const cofferdam = (args: readonly string[], input?: string): Promise<Output> =>
  start(args, input).ended;
