/** Waits by turns of the event loop until the condition holds, for tests in which waiting by time takes no time. */
export async function settled(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turns = 0; !(await holds()); turns++) {
    if (turns > MOST_TURNS) throw new Error('it never came to hold');
    await new Promise(resolve => setImmediate(resolve));
  }
}

const MOST_TURNS = 1_000_000;
