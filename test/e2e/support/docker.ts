import { spawn } from 'node:child_process';
import { type Output, outputOf } from './output.ts';

/** Debian's client, whose version is that of the engine, whatever comes first on PATH (test/cluster/docker.sh). */
const CLIENT = '/usr/bin/docker';
/** The only image of that engine: busybox. */
export const DOCKER_IMAGE = 'localhost/busybox:1';

/** Runs the client against the engine in DOCKER_HOST. Its output is the result, even when it fails. */
export const docker = (...args: readonly string[]): Promise<Output> =>
  outputOf(spawn(CLIENT, args, { timeout: 60_000 }));

/** Runs Compose in a folder with a compose.yaml, against the same engine. */
export const compose = (folder: string, ...args: readonly string[]): Promise<Output> =>
  outputOf(spawn('docker-compose', args, { cwd: folder, timeout: 60_000 }));

/** The output of a container of that image in the runtime. The engine has no network. */
export async function printedIn(
  runtime: string,
  script: string,
  ...options: readonly string[]
): Promise<string> {
  const args = ['run', '--rm', '--network=none', `--runtime=${runtime}`, ...options];
  const { code, stdout, stderr } = await docker(...args, DOCKER_IMAGE, 'sh', '-c', script);
  if (stdout === '') throw new Error(`docker ${args.join(' ')} exited with ${code}: ${stderr}`);
  return stdout;
}
