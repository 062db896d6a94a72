import { setTimeout as sleep } from 'node:timers/promises';
import type { Tally } from './tally.ts';

/** A step that is repeated. */
export interface Step {
  readonly name: string;
  /** @param round how often it was done before; @throws WrongAnswer, or another Error where it could not be done */
  run(round: number): Promise<unknown>;
}

/**
 * Takes the steps in turn, with a pause after each.
 * @param excused whether something was killed while a step was under way that began then (`performance.now`)
 * @returns a function that ends it
 */
export function startSteps(
  steps: readonly Step[],
  pauseMs: number,
  tally: Tally,
  excused: (begin: number) => boolean,
): () => Promise<void> {
  let stopping = false;
  const run = async (): Promise<void> => {
    for (let round = 0; !stopping; round++) {
      for (const step of steps) {
        if (stopping) return;
        const begin = performance.now();
        try {
          await step.run(round);
          tally.done(step.name);
        } catch (error) {
          tally.failed(step.name, error, excused(begin));
        }
        await sleep(pauseMs);
      }
    }
  };
  const running = run();
  return async () => {
    stopping = true;
    await running;
  };
}
