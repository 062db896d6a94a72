import fc from 'fast-check';
import { afterEach } from 'vitest';

/** Kept from file to file, as all of them run in one worker, which is another for each mutant. */
const worker = globalThis as { isMutantNoticed?: boolean };

// Once a test has failed, vitest runs no other, but would still load each file that is left.
if (worker.isMutantNoticed) throw new Error('a test before has noticed the mutant');

afterEach(({ task }) => {
  if (task.result?.state === 'fail') worker.isMutantNoticed = true;
});

fc.configureGlobal({
  // A mutant dies of the first case that fails: to look for a smaller one takes longer than all the rest.
  endOnFailure: true,
  // In milliseconds. What survives so many cases would survive the rest, as a rule.
  interruptAfterTimeLimit: 2_000,
});
