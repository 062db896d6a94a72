import type { ASTNode } from '@marcbachmann/cel-js';
import type { Shape } from './cost.ts';
import { compilePattern, literal } from './matches.ts';

/** Comprehensions may be nested this deep. */
const MAX_NESTING = 3;

/** A part of the expression that is not allowed. */
export class CelRefused extends Error {
  /** Offset in the expression. */
  readonly offset: number;
  constructor(message: string, node: ASTNode) {
    super(message);
    this.offset = node.start;
  }
}

const COMPREHENSIONS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const SCANS = new Set(
  'contains startsWith endsWith indexOf lastIndexOf substring trim lowerAscii upperAscii join split size string int double timestamp'.split(
    ' ',
  ),
);

/**
 * Walks the expression once.
 * @param reserved names that a comprehension may not shadow
 * @throws CelRefused
 */
export function measure(root: ASTNode, reserved: ReadonlySet<string>): Shape {
  const shape: Shape = {
    nodes: [],
    scans: [],
    patterns: [],
    comparisons: [],
    splits: 0,
    concats: 0,
    doublings: 0,
    maxLiteral: 0,
  };
  walk(root, 0, shape, reserved);
  return shape;
}

function walk(node: ASTNode, depth: number, shape: Shape, reserved: ReadonlySet<string>): void {
  if (depth > MAX_NESTING)
    throw new CelRefused(`comprehensions are nested more than ${MAX_NESTING} deep`, node);
  count(shape.nodes, depth);
  if (node.op === 'id' && node.args === 'cel') throw new CelRefused('cel.bind is not supported', node);
  measureOperator(node, depth, shape);
  const loop = node.op === 'call' || node.op === 'rcall' ? measureCall(node, depth, shape, reserved) : false;
  for (const [child, inLoop] of childrenOf(node)) {
    walk(child, loop && inLoop ? depth + 1 : depth, shape, reserved);
  }
}

function measureOperator(node: ASTNode, depth: number, shape: Shape): void {
  switch (node.op) {
    case '+':
      if (depth > 0) shape.doublings++;
      else shape.concats++;
      break;
    case 'list':
    case 'map':
      shape.maxLiteral = Math.max(shape.maxLiteral, node.args.length);
      break;
    case '==':
    case '!=':
      if (!isSmall(node.args[0]) && !isSmall(node.args[1])) count(shape.comparisons, depth);
      break;
    case 'in':
      // Membership of anything but a literal is a loop of comparisons.
      if (node.args[1].op !== 'list') count(shape.comparisons, depth);
      break;
  }
}

/** Literals and what calls make: comparing with them takes one step. Anything else may be a list or a map. */
const isSmall = (node: ASTNode): boolean =>
  node.op === 'value' ||
  node.op === '-_' ||
  (node.op === 'call' && node.args[0] === 'size') ||
  (node.op === 'rcall' && node.args[0] === 'size');

type Call = Extract<ASTNode, { op: 'call' | 'rcall' }>;

/** True when the call is a comprehension, whose arguments run once an item. */
function measureCall(node: Call, depth: number, shape: Shape, reserved: ReadonlySet<string>): boolean {
  const name = node.args[0];
  const args: readonly ASTNode[] = node.op === 'call' ? node.args[1] : node.args[2];
  if (SCANS.has(name)) count(shape.scans, depth);
  if (name === 'split') shape.splits++;
  if (name === 'matches') {
    refuseBadPattern(args.at(-1), node);
    count(shape.patterns, depth);
  }
  // Searching from the end is quadratic in a needle that the Pod's author chooses.
  if (name === 'lastIndexOf' && literal(args[0]) === undefined)
    throw new CelRefused('lastIndexOf() needs a literal', node);
  // The library parses durations with a pattern that is cubic in the text.
  if (name === 'duration' && literal(args[0]) === undefined)
    throw new CelRefused('duration() needs a literal', node);
  const [variable] = args;
  if (node.op !== 'rcall' || !COMPREHENSIONS.has(name) || variable?.op !== 'id') return false;
  if (reserved.has(variable.args))
    throw new CelRefused(`${variable.args} cannot be a variable here`, variable);
  return true;
}

function refuseBadPattern(pattern: ASTNode | undefined, node: ASTNode): void {
  const text = literal(pattern);
  // One from the Pod would let its author choose what is compiled.
  if (text === undefined) throw new CelRefused('matches() needs a literal pattern', pattern ?? node);
  const compiled = compilePattern(text);
  if ('problem' in compiled) throw new CelRefused(compiled.problem, pattern ?? node);
}

/** The parts of a node, and whether a comprehension evaluates them for each item. */
function childrenOf(node: ASTNode): [child: ASTNode, inLoop: boolean][] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [[node.args[0], false]];
    case '!_':
    case '-_':
      return [[node.args, false]];
    case 'map':
      return node.args.flat().map(child => [child, false]);
    case 'call':
      return node.args[1].map(child => [child, false]);
    case 'rcall':
      return [[node.args[1], false], ...node.args[2].map((child): [ASTNode, boolean] => [child, true])];
    default:
      return (node.args as readonly ASTNode[]).map(child => [child, false]);
  }
}

function count(counts: number[], depth: number): void {
  for (let i = counts.length; i <= depth; i++) counts.push(0);
  counts[depth] = (counts[depth] ?? 0) + 1;
}
