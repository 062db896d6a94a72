import type { ASTNode } from '@marcbachmann/cel-js';
import { CelRefused } from './measure.ts';

const MAX_INT = 2n ** 63n - 1n;

/**
 * Literals that Kubernetes reads as the policy is written: whole numbers of 64 bits, and what is converted, which cel-go
 * does beforehand (cel-go cel/validator.go and interpreter `Optimize`). What it would not convert is refused there.
 * @throws CelRefused
 */
export function refuseBadLiteral(node: ASTNode, parent: ASTNode | undefined, expression: string): void {
  if (node.op === 'value' && typeof node.args === 'bigint' && !isInt64(node, parent, expression)) {
    throw new CelRefused('this number does not fit into 64 bits', node);
  }
  if (node.op === 'id' && node.args === '__result__') {
    throw new CelRefused('__result__ cannot be a variable', node);
  }
  if (node.op !== 'call') return;
  const [name, [argument]] = node.args;
  const constant = argument && constantOf(argument);
  if (constant === undefined) return;
  if (CONVERTS[name]?.(constant) === false)
    throw new CelRefused(`${name}() cannot read this`, argument ?? node);
}

/** -2⁶³ is one, written as the negative of a number that is none; brackets between the two make it that number. */
const isInt64 = ({ args, start }: ASTNode, parent: ASTNode | undefined, expression: string): boolean =>
  (args as bigint) <= MAX_INT ||
  ((args as bigint) === MAX_INT + 1n &&
    parent?.op === '-_' &&
    !expression.slice(parent.start, start).includes('('));

type Constant = string | number | bigint | Uint8Array;

function constantOf(node: ASTNode): Constant | undefined {
  if (node.op === '-_') {
    const number = constantOf(node.args);
    return typeof number === 'bigint' || typeof number === 'number' ? -number : undefined;
  }
  if (node.op !== 'value') return undefined;
  const value = node.args as unknown;
  const known = ['string', 'number', 'bigint'].includes(typeof value) || value instanceof Uint8Array;
  return known ? (value as Constant) : undefined;
}

/** Whether the function reads a constant. What is not told here it does, or is refused by its type. */
const CONVERTS: Readonly<Record<string, (constant: Constant) => boolean>> = {
  int: value => within(whole(value), -(2n ** 63n), MAX_INT),
  uint: value => within(whole(value), 0n, 2n ** 64n - 1n),
  double: value => typeof value !== 'string' || isDouble(value),
  bool: value => typeof value !== 'string' || /^(1|t|true|TRUE|True|0|f|false|FALSE|False)$/.test(value),
  string: value => !(value instanceof Uint8Array) || isUtf8(value),
  timestamp: value => typeof value !== 'string' || isTimestamp(value),
  duration: value => typeof value !== 'string' || isDuration(value),
};

const within = (value: bigint | undefined, least: bigint, most: bigint): boolean =>
  value !== undefined && value >= least && value <= most;

/** Text as Go's strconv reads it in base 10; of a fraction, what is before the point. */
function whole(value: Constant): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : undefined;
  return typeof value === 'string' && /^[-+]?[0-9]+$/.test(value)
    ? BigInt(value.replace('+', ''))
    : undefined;
}

const isDouble = (text: string): boolean =>
  /^[-+]?(inf|infinity|nan)$/i.test(text) ||
  (/^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?$/i.test(text) && Number.isFinite(Number(text)));

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d([.,]\d+)?(Z|[-+]([01]\d|2[0-3]):[0-5]\d)$/;

/** RFC 3339 as Go's time.Parse reads it, from year 1 on. */
function isTimestamp(text: string): boolean {
  const [, year = '', month = '', day = ''] = TIMESTAMP.exec(text) ?? [];
  if (Number(year) < 1) return false;
  // Date rolls over what a month does not have.
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return date.getUTCDate() === Number(day) && date.getUTCMonth() + 1 === Number(month);
}

const DURATION = /^[-+]?(0|(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$/;
const NANOSECONDS: Readonly<Record<string, number>> = { ns: 1, ms: 1e6, s: 1e9, m: 6e10, h: 3.6e12 };

/** As Go's time.ParseDuration reads it: 64 bits of nanoseconds. */
function isDuration(text: string): boolean {
  if (!DURATION.test(text)) return false;
  const parts = text.matchAll(/([0-9.]+)(ns|us|µs|μs|ms|s|m|h)/g);
  const total = [...parts].reduce(
    (sum, [, n, unit]) => sum + Number(n) * (NANOSECONDS[unit ?? ''] ?? 1e3),
    0,
  );
  return total < 2 ** 63;
}
