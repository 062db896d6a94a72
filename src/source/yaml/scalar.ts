/**
 * Plain (unquoted) YAML scalars as kubectl reads them. kubectl, Helm and the API machinery use sigs.k8s.io/yaml, which wraps
 * go-yaml v2 (`resolve.go`): it has the words of YAML 1.1, so `privileged: yes` is true for the API server and must be true
 * here; it has octal `0755`, but no numbers in base 60; and dates stay strings.
 */
const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...spellings(['y', 'yes', 'true', 'on'], true),
  ...spellings(['n', 'no', 'false', 'off'], false),
  ...spellings(['null'], null),
  ['~', null],
  ['', null],
]);

/** Most texts are longer, and need not be looked up. */
const LONGEST_WORD = 5;

function spellings<T>(words: readonly string[], value: T): [string, T][] {
  return words.flatMap(word => {
    const capital = word.slice(0, 1).toUpperCase() + word.slice(1);
    return [word, capital, word.toUpperCase()].map((text): [string, T] => [text, value]);
  });
}

/** What Go's `strconv.ParseInt(text, 0, 64)` accepts as an integer. */
const INTEGER = /^([-+]?)(0x[0-9a-f]+|0b[01]+|0o[0-7]+|0[0-7]*|[1-9][0-9]*)$/i;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)(e[-+]?[0-9]+)?$/i;
/** Whether it is a number that JSON does not have. */
export const isNotFinite = (text: string): boolean => NOT_FINITE.test(text);

const NOT_FINITE = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;

/** The value of a plain scalar. Infinity and NaN are returned as such, and the caller refuses them, as JSON does not have them. */
export function resolvePlain(text: string): string | number | boolean | null {
  const word = text.length > LONGEST_WORD ? undefined : WORDS.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(text)) return text;
  if (isNotFinite(text)) return Number.NaN;
  const digits = text.replaceAll('_', '');
  const [, sign = '', magnitude] = INTEGER.exec(digits) ?? [];
  const integer = magnitude === undefined ? undefined : readInteger(sign, magnitude);
  if (integer !== undefined) return integer;
  const number = FLOAT.test(digits) ? Number(digits) : Number.NaN;
  return Number.isFinite(number) ? number : text;
}

/** @returns undefined where it needs more than 64 bits: go-yaml then reads a float, or text if it has another base */
function readInteger(sign: string, magnitude: string): number | undefined {
  const digits = /^0[0-7]+$/.test(magnitude) ? `0o${magnitude.slice(1)}` : magnitude;
  const value = Number(digits);
  if (value >= 2 ** 63 && !isWithin64Bits(sign, digits, value)) return undefined;
  // `+ 0` turns -0 into 0, as in an integer.
  return (sign === '-' ? -value : value) + 0;
}

/** Whether Go's `strconv.ParseInt` accepts it, or `strconv.ParseUint`, which takes no sign. */
function isWithin64Bits(sign: string, digits: string, value: number): boolean {
  // A number near the limit has lost its last digits, and one far beyond may be too long to be read exactly.
  if (value > 2 ** 64) return false;
  const limit = sign === '' ? 2n ** 64n : 2n ** 63n + (sign === '-' ? 1n : 0n);
  return BigInt(digits) < limit;
}
