const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity in its base unit; 0 for none, and infinite for one that cannot be read (so it sorts last). */
export function quantity(text: string | undefined): number {
  if (text === undefined) return 0;
  const [, number, unit] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(text) ?? [];
  return number === undefined ? Number.POSITIVE_INFINITY : Number(number) * (UNITS[unit ?? ''] ?? 1);
}

/** The units for powers of 1000, beginning at a thousand-millionth, and of 1024. */
const DECIMAL_UNITS = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY_UNITS = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** An API server counts in thousand-millionths. */
const ONE = 10n ** 9n;

/**
 * The quantity as an API server writes it: `0.5` is `500m`, `1024Mi` is `1Gi` (apimachinery pkg/api/resource). One that it
 * would refuse is not changed.
 */
export function canonicalQuantity(value: unknown): unknown {
  if (typeof value !== 'number' && typeof value !== 'string') return value;
  const [, sign = '', whole = '', fraction = '', exponent, unit = ''] =
    /^([+-]?)(\d*)[.]?(\d*)(?:[eE]([+-]?\d{1,2})|([numkMGTPE]|[KMGTPE]i))?$/.exec(String(value).trim()) ?? [];
  if (whole + fraction === '' || whole.length + fraction.length > MOST_DIGITS) return value;
  const binary = BINARY_UNITS.indexOf(unit);
  const thousands = exponent === undefined && binary < 0 ? DECIMAL_UNITS.indexOf(unit) * 3 : 9;
  const shift = thousands + Number(exponent ?? 0) - fraction.length;
  const amount = shifted(BigInt(whole + fraction), shift) * 1024n ** BigInt(Math.max(binary, 0));
  const text = binary > 0 ? inBinary(amount) : inDecimal(amount, exponent !== undefined);
  return sign === '-' && amount > 0n ? `-${text}` : text;
}

/** More digits than any quantity has. */
const MOST_DIGITS = 40;

/** Rounds away from zero, as a request is never reduced. */
const shifted = (digits: bigint, shift: number): bigint => {
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return (digits + divisor - 1n) / divisor;
};

function inBinary(amount: bigint): string {
  if (amount < 1024n * ONE || amount % ONE !== 0n) return inDecimal(amount, false);
  let [mantissa, power] = [amount / ONE, 0];
  for (; mantissa % 1024n === 0n && power < BINARY_UNITS.length - 1; power++) mantissa /= 1024n;
  return `${mantissa}${BINARY_UNITS[power]}`;
}

function inDecimal(amount: bigint, withExponent: boolean): string {
  if (amount === 0n) return '0';
  let [mantissa, power] = [amount, 0];
  for (; mantissa % 1000n === 0n && power < DECIMAL_UNITS.length - 1; power++) mantissa /= 1000n;
  const exponent = power * 3 - 9;
  if (withExponent) return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
  return `${mantissa}${DECIMAL_UNITS[power]}`;
}
