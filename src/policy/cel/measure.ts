import type { ASTNode } from '@marcbachmann/cel-js';
import { type Bulks, bulkOf } from './bulk.ts';
import { measureEquality, measureMembership } from './comparisons.ts';
import { count, type Shape, UNKNOWN } from './cost.ts';
import { literal } from './matches.ts';
import { MOST_STEPS, patternSteps } from './pattern.ts';
import { itemOf, type Origins, originOf, rootOf } from './walked.ts';

/** How deep comprehensions may be nested. */
const MAX_NESTING = 3;

/** A part of the expression is not allowed. */
export class CelRefused extends Error {
  /** The offset of the part in the expression. */
  readonly offset: number;
  /** The name that was probably meant. */
  readonly meant: string | undefined;

  constructor(message: string, node: Pick<ASTNode, 'start'>, meant?: string) {
    super(message);
    this.offset = node.start;
    this.meant = meant;
  }
}

/** Valid CEL that would take longer to prepare, or to match, than rules may. */
export class CelTooLong extends CelRefused {}

const COMPREHENSIONS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const SCANS = new Set(
  'contains startsWith endsWith indexOf lastIndexOf substring trim lowerAscii upperAscii join split size string int uint double bytes timestamp'.split(
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
    patternSteps: 0,
    comparisons: [],
    splits: 0,
    concats: 0,
    doublings: 0,
    maxLiteral: 0,
    walked: new Set(),
    crosses: false,
  };
  walk(root, 0, { shape, reserved, bulks: new Map(), origins: new Map(), around: undefined });
  // A comparison within a comprehension goes through its values once for each item.
  if (shape.comparisons.some((times, depth) => depth > 0 && times > 0)) shape.crosses = true;
  return shape;
}

/** What is known at a node from the nodes around it. */
interface Scope {
  readonly shape: Shape;
  readonly reserved: ReadonlySet<string>;
  readonly bulks: Bulks;
  readonly origins: Origins;
  /** The variable of the innermost comprehension over fields of the Pod; a literal list is only as long as its author wrote it. */
  readonly around: string | undefined;
}

function walk(node: ASTNode, depth: number, scope: Scope): void {
  const { shape } = scope;
  if (depth > MAX_NESTING)
    throw new CelRefused(`comprehensions are nested more than ${MAX_NESTING} deep`, node);
  count(shape.nodes, depth);
  if (node.op === 'id' && node.args === 'cel') throw new CelRefused('cel.bind is not supported', node);
  measureOperator(node, depth, scope);
  const loop = node.op === 'call' || node.op === 'rcall' ? measureCall(node, depth, scope) : undefined;
  if (!loop) {
    for (const child of childrenOf(node)) walk(child, depth, scope);
    return;
  }
  const { variable, over, body } = loop;
  const origin = originOf(over, scope.origins);
  const paths = origin?.paths ?? [UNKNOWN];
  for (const path of paths) shape.walked.add(path);
  const isOfPod = paths.length > 0;
  if (isOfPod && scope.around !== undefined && rootOf(over) !== scope.around) shape.crosses = true;
  const around = isOfPod ? variable : scope.around;
  const bulks = new Map([...scope.bulks, [variable, bulkOf(over, scope.bulks)]]);
  const origins = new Map([...scope.origins, [variable, itemOf(origin)]]);
  walk(over, depth, scope);
  for (const child of body) walk(child, depth + 1, { ...scope, bulks, origins, around });
}

function measureOperator(node: ASTNode, depth: number, { shape, bulks }: Scope): void {
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
      measureEquality(node.args, depth, shape, bulks);
      break;
    case 'in':
      measureMembership(node.args, depth, shape, bulks);
      break;
    case '<':
    case '<=':
    case '>':
    case '>=':
      // Two texts that the Pod's author chooses may both be looked through; a literal ends soon.
      if (node.args.every(one => bulkOf(one, bulks).parts > 0)) count(shape.scans, depth);
      break;
  }
}

type Call = Extract<ASTNode, { op: 'call' | 'rcall' }>;

/** A comprehension, whose body runs once for each item. */
interface Loop {
  readonly variable: string;
  readonly over: ASTNode;
  readonly body: readonly ASTNode[];
}

function measureCall(node: Call, depth: number, { shape, reserved }: Scope): Loop | undefined {
  const name = node.args[0];
  const args: readonly ASTNode[] = node.op === 'call' ? node.args[1] : node.args[2];
  if (SCANS.has(name)) count(shape.scans, depth);
  if (name === 'split') shape.splits++;
  if (name === 'matches') {
    shape.patternSteps += stepsOf(args.at(-1), node);
    if (shape.patternSteps > MOST_STEPS)
      throw new CelTooLong(`the patterns have more than ${MOST_STEPS} steps together`, node);
    count(shape.patterns, depth);
  }
  // Searching from the end is quadratic in a needle that the Pod's author chooses.
  if (name === 'lastIndexOf' && literal(args[0]) === undefined)
    throw new CelRefused('lastIndexOf() needs a literal', node);
  // Kubernetes has it for lists, too, and does not count what comparing with each item costs there.
  if (name === 'indexOf' && literal(args[0]) === undefined) shape.walked.add(UNKNOWN);
  // The library parses durations with a pattern that is cubic in the text.
  if (name === 'duration' && literal(args[0]) === undefined)
    throw new CelRefused('duration() needs a literal', node);
  const [variable] = args;
  if (node.op !== 'rcall' || !COMPREHENSIONS.has(name) || variable?.op !== 'id') return undefined;
  if (reserved.has(variable.args))
    throw new CelRefused(`${variable.args} cannot be a variable here`, variable);
  return { variable: variable.args, over: node.args[1], body: args };
}

function stepsOf(pattern: ASTNode | undefined, node: ASTNode): number {
  const text = literal(pattern);
  // A pattern from the Pod would let its author choose what is compiled.
  if (text === undefined) throw new CelRefused('matches() needs a literal pattern', pattern ?? node);
  const steps = patternSteps(text);
  if (typeof steps === 'number') return steps;
  throw new (steps.isTooLong ? CelTooLong : CelRefused)(steps.problem, pattern ?? node);
}

/** The parts of a node. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case '!_':
    case '-_':
      return [node.args];
    case 'map':
      return node.args.flat();
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    default:
      return node.args as readonly ASTNode[];
  }
}
