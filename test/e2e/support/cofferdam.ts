import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';
import { type Output, outputOf } from './output.ts';
import { MAIN } from './settings.ts';

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Output>;
}

/** Starts a command of this project as a process of its own. */
export function start(args: readonly string[], input = ''): Started {
  const child = spawn(process.execPath, [MAIN, ...args]);
  const ended = outputOf(child, input);
  return { child, ended };
}

/** Runs the command to its end. */
export const cofferdam = (args: readonly string[], input?: string): Promise<Output> =>
  start(args, input).ended;
