import type { ASTNode } from '@marcbachmann/cel-js';
import { CONVERSIONS } from './convert.ts';
import { CelRefused } from './measure.ts';

const MAX_INT = 2n ** 63n - 1n;

/**
 * Refuses literals that Kubernetes would refuse when it reads the policy: whole numbers beyond 64 bits, and literals that
 * cannot be converted, as cel-go converts them beforehand (cel-go cel/validator.go and interpreter `Optimize`).
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
  if (argument) refuseConversion(name, argument);
}

/**
 * Whether a literal is within 64 bits. -2⁶³ is, though it is written as the negative of a number that is not; with brackets
 * between the two, it is not.
 */
const isInt64 = ({ args, start }: ASTNode, parent: ASTNode | undefined, expression: string): boolean =>
  (args as bigint) <= MAX_INT ||
  ((args as bigint) === MAX_INT + 1n &&
    parent?.op === '-_' &&
    !expression.slice(parent.start, start).includes('('));

interface Constant {
  readonly value: unknown;
}

/** A value that is known beforehand: a literal, or a converted literal. */
function constantOf(node: ASTNode): Constant | undefined {
  if (node.op === 'value') return { value: node.args };
  if (node.op === '-_') return negated(constantOf(node.args));
  if (node.op !== 'call' || node.args[1].length !== 1) return undefined;
  const [name, [argument]] = node.args;
  const constant = argument && constantOf(argument);
  if (!constant || name === 'dyn') return constant;
  const convert = CONVERSIONS.get(name);
  return convert && { value: convert(constant.value) };
}

const negated = (constant: Constant | undefined): Constant | undefined =>
  typeof constant?.value === 'bigint' || typeof constant?.value === 'number'
    ? { value: -constant.value }
    : undefined;

function refuseConversion(name: string, node: ASTNode): void {
  const convert = CONVERSIONS.get(name);
  if (convert && !canConvert(convert, node)) throw new CelRefused(`${name}() cannot read this`, node);
}

function canConvert(convert: (value: unknown) => unknown, node: ASTNode): boolean {
  try {
    const constant = constantOf(node);
    return !constant || convert(constant.value) !== undefined;
  } catch {
    return false;
  }
}
