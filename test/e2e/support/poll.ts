import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is not undefined. Fails after `seconds`, and says what it waited for. */
export async function poll<T>(what: string, ask: () => Promise<T | undefined>, seconds = 30): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s for: ${what}`);
    await sleep(150);
  }
}
