import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of tests that noticed a mutant, the last one first, by the file of the mutant. */
const noticed = new Map<string, readonly string[]>();
let mutated = '';

/** What is mutated in the next run. */
export function mutateNext(file: string): void {
  mutated = file;
}

/** That these tests, `FILE#NAME`, noticed the mutant. */
export function remember(tests: readonly string[]): void {
  const files = tests.map(test => test.split('#')[0] ?? '');
  const before = noticed.get(mutated) ?? [];
  noticed.set(mutated, [...files, ...before.filter(one => !files.includes(one))]);
}

/**
 * The file of tests that noticed the last mutant of a file most likely notices the next, so that the others need not run.
 * Properties come last: most mutants die of an example, and much sooner.
 */
export class LikeliestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const order = noticed.get(mutated) ?? [];
    const placeOf = ({ moduleId }: TestSpecification): number => {
      if (/(agree|agrees|properties|oracle|land|conformance)[.]test/.test(moduleId)) return order.length + 1;
      const at = order.findIndex(file => moduleId.endsWith(file));
      return at === -1 ? order.length : at;
    };
    return files.toSorted((a, b) => placeOf(a) - placeOf(b));
  }
}
