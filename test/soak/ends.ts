/** The functions that end what the run has started, the last one first. */
export type Ends = (() => Promise<unknown>)[];

/**
 * Calls each function once, even if one of them fails.
 * @throws the first of their errors
 */
export async function endAll(ends: Ends): Promise<void> {
  const failures: unknown[] = [];
  for (const end of ends.splice(0).toReversed()) await end().catch(error => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
