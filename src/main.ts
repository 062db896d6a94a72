#!/usr/bin/env node
import './cli/heap.ts';
import process from 'node:process';
import { processIo } from './cli/io.ts';
import { run } from './cli/run.ts';

// Not process.exit(): output that is still in a pipe's buffer would be lost.
process.exitCode = await run(process.argv.slice(2), processIo());
