import { describe, expect, it } from 'vitest';
import { costOf, FLOODS } from './cost.ts';

/**
 * Measures the floods that show an excess soonest; `node test/source/cost.ts` measures all of them, in some minutes.
 */
describe('a file of 50 MB costs less than 1 GB, and what is beside it keeps its result', () => {
  it.each([
    ['brackets of lists', 'nested more than 200 levels deep'],
    ['lines of JSON', 'more than 50000 documents in this file; what follows was not read'],
    ['empty maps in a List of JSON', 'more than 2500000 values in this file; what follows was not read'],
  ])(
    '%s',
    (name, message) => {
      const flood = FLOODS[name];
      if (!flood) throw new Error(`there is no flood ${name}`);
      const { code, megabytes, out, err } = costOf(flood, 50);
      expect(err).toContain(
        `a.yaml:1: error: ${message}`.replace(':1:', name === 'lines of JSON' ? ':50001:' : ':1:'),
      );
      expect(out).toMatch(/^admit {4}Pod\/beside /m);
      expect(code).toBe(2);
      expect(megabytes).toBeLessThan(1000);
    },
    180_000,
  );
});
