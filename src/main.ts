#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { nodeProblem } from './cli/node-version.ts';

const problem = nodeProblem(process.versions.node);
if (problem) {
  process.stderr.write(problem);
  process.exitCode = 2;
} else {
  // `npm run build` makes the folder. What is compiled is kept there, beside the program itself: whoever can write into one can
  // write into the other, which does not hold for a folder of the machine.
  const kept = fileURLToPath(new URL('compile-cache', import.meta.url));
  if (existsSync(kept)) module.enableCompileCache(kept);

  // These are loaded only now: older versions of Node would not read them, and nothing that is loaded before is kept.
  const { processIo } = await import('./cli/console/io.ts');
  const { run } = await import('./cli/run.ts');

  // process.exit() is not called: output that is still in a pipe's buffer would be lost.
  process.exitCode = await run(process.argv.slice(2), processIo());
}
