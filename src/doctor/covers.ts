/**
 * Whether `actual` contains all of `expected`. The API server fills in what was left out, so `actual` may have more; but a list
 * must have the same length, as one more item changes its meaning.
 */
export function covers(actual: unknown, expected: unknown): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((one, i) => covers(actual[i], one))
    );
  }
  if (typeof expected !== 'object' || expected === null) return actual === expected;
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(expected).every(([key, value]) =>
    covers((actual as Readonly<Record<string, unknown>>)[key], value),
  );
}
