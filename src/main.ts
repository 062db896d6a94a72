#!/usr/bin/env node
import process from 'node:process';
import { tuneHeap } from './cli/heap.ts';
import { nodeProblem } from './cli/node-version.ts';

const problem = nodeProblem(process.versions.node);
if (problem) {
  process.stderr.write(problem);
  process.exitCode = 2;
} else {
  tuneHeap(process);
  // Loaded only now, as the process may just have been replaced.
  const { processIo } = await import('./cli/io.ts');
  const { run } = await import('./cli/run.ts');

  // Not process.exit(): output that is still in a pipe's buffer would be lost.
  process.exitCode = await run(process.argv.slice(2), processIo());
}
