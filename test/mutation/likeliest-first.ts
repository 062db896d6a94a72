/** The files of tests that noticed a mutant, the last one first, by the file of the mutant. */
const noticed = new Map<string, readonly string[]>();

/** Remembers that a test of one file noticed a mutant of the other. */
export function remember(mutated: string, file: string): void {
  noticed.set(mutated, [file, ...(noticed.get(mutated) ?? []).filter(one => one !== file)]);
}

const PROPERTIES = /(agree|agrees|properties|oracle|land|conformance)[.]test/;

/**
 * The file of tests that noticed the last mutant of a file most likely notices the next, so that the others need not run.
 * Properties come last: most mutants die of an example, and much sooner.
 * @param tookOf milliseconds
 */
export function likeliestFirst(
  files: readonly string[],
  mutated: string,
  tookOf: (file: string) => number,
): readonly string[] {
  const order = noticed.get(mutated) ?? [];
  const placeOf = (file: string): number => {
    if (PROPERTIES.test(file)) return order.length + 1;
    const at = order.indexOf(file);
    return at === -1 ? order.length : at;
  };
  return files.toSorted((a, b) => placeOf(a) - placeOf(b) || tookOf(a) - tookOf(b));
}
