import type nodeProcess from 'node:process';
import { setFlagsFromString } from 'node:v8';

/**
 * A young generation of 8 MiB, and a collection of the old one each time it has grown by a fifth: a request's garbage
 * dies within a few hundred microseconds, and the default of 32 MiB would be half of the webhook's resident memory and
 * push everything else out of the processor's caches. No compiling beside: what the compiler's threads hold on to is
 * another 20 MiB, for a program that is compiled once. `npm run bench` prints memory and speed.
 */
const FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=20', '--no-concurrent-recompilation'];

/**
 * V8 reads these once, when it starts: for `serve`, which runs for months, the process
 * replaces itself by one with these flags (execve(2): same pid, same streams). Where that cannot be done it runs on
 * as it is.
 */
export function tuneHeap(process: typeof nodeProcess): void {
  const { argv, execArgv, execPath, env, platform } = process;
  if (argv[2] !== 'serve' || platform === 'win32' || !process.execve) return;
  if (execArgv.some(flag => flag.startsWith('--max-semi-space-size'))) return;
  process.execve(
    execPath,
    [execPath, ...execArgv, ...FLAGS, ...argv.slice(1)],
    env as Record<string, string>,
  );
}

/**
 * Files are read one after the other, each into some hundred bytes for each of its words: collected each time the heap
 * has grown by a fifth, 50 MB of the worst take less than 1 GB; by V8's own measure, which is what the machine has, 3.
 * It looks this one up at each collection.
 */
export const collectOften = (): void => setFlagsFromString('--heap-growing-percent=20');
