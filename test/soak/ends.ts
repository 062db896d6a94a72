/** What is to be ended when the run ends, the last first. */
export type Ends = (() => Promise<unknown>)[];

/** Ends each once, also where one of them fails. @throws what the first of those said */
export async function endAll(ends: Ends): Promise<void> {
  const failures: unknown[] = [];
  for (const end of ends.splice(0).toReversed()) await end().catch(error => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
