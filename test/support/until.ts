import { setTimeout as sleep } from 'node:timers/promises';

const STEP_MS = 10;

/**
 * Waits until the condition holds, and throws after two seconds unless told otherwise. The time is counted in looks, so that a
 * busy machine gets as long as it takes to look as often.
 */
export async function until(holds: () => boolean | Promise<boolean>, milliseconds = 2000): Promise<void> {
  for (let looks = milliseconds / STEP_MS; !(await holds()); looks--) {
    if (looks < 0) throw new Error('it never came to hold');
    await sleep(STEP_MS);
  }
}
