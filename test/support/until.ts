/** Waits until it holds. Throws after two seconds, unless told otherwise. */
export async function until(holds: () => boolean | Promise<boolean>, milliseconds = 2000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it never came to hold');
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
