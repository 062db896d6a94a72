import { spawn } from 'node:child_process';
import process from 'node:process';
import { type Output, outputOf } from './output.ts';
import { MAIN } from './settings.ts';

/** Runs the command line from the bundle, against the cluster in KUBECONFIG unless another is given. */
export const cofferdam = (args: readonly string[], kubeconfig = process.env.KUBECONFIG): Promise<Output> =>
  outputOf(
    spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, NO_COLOR: '1', ...(kubeconfig && { KUBECONFIG: kubeconfig }) },
      timeout: 150_000,
    }),
  );
