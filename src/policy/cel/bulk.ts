import type { ASTNode } from '@marcbachmann/cel-js';

/**
 * How much a value may hold, and so how much comparing it may cost: at most `parts` times all the data, once for each item of
 * each of `loops` nested comprehensions.
 */
export interface Bulk {
  readonly parts: number;
  readonly loops: number;
}

/** The bulk of the variables that comprehensions bind; any other variable holds at most all the data. */
export type Bulks = ReadonlyMap<string, Bulk>;

const NONE: Bulk = { parts: 0, loops: 0 };
const ALL: Bulk = { parts: 1, loops: 0 };

/** Operators that answer a boolean or a number, which takes one step to compare. */
const SMALL_OPERATORS = new Set(['value', '!_', '-_', '==', '!=', '<', '<=', '>', '>=', 'in', '&&', '||']);
const SMALL_CALLS = new Set([
  'size',
  'all',
  'exists',
  'exists_one',
  'contains',
  'startsWith',
  'endsWith',
  'matches',
]);

/** The bulk of an expression's value; it may be overestimated, but never underestimated. */
export function bulkOf(node: ASTNode, bulks: Bulks): Bulk {
  if (SMALL_OPERATORS.has(node.op)) return NONE;
  switch (node.op) {
    case 'id':
      return bulks.get(node.args) ?? ALL;
    case '.':
    case '.?':
      return bulkOf(node.args[0], bulks);
    case 'map':
      return together(node.args.flat(), bulks);
    case 'call':
      return SMALL_CALLS.has(node.args[0]) ? NONE : together(node.args[1], bulks);
    case 'rcall':
      return bulkOfMethod(node.args, bulks);
    default:
      // Lists, sums, either side of a condition, and what is indexed hold no more than all their parts together.
      return together(node.args as readonly ASTNode[], bulks);
  }
}

function bulkOfMethod([name, receiver, args]: Extract<ASTNode, { op: 'rcall' }>['args'], bulks: Bulks): Bulk {
  if (SMALL_CALLS.has(name)) return NONE;
  const whole = bulkOf(receiver, bulks);
  switch (name) {
    case 'filter':
      return whole;
    case 'map':
      return once(bulkOf(args.at(-1) as ASTNode, new Map([...bulks, [String(args[0]?.args), whole]])));
    case 'split':
      // There are as many pieces as characters, and characters count as items.
      return once(whole);
    default:
      return together([receiver, ...args], bulks);
  }
}

/** The bulk of each item. */
const once = ({ parts, loops }: Bulk): Bulk => ({ parts: Math.max(1, parts), loops: loops + 1 });

function together(nodes: readonly ASTNode[], bulks: Bulks): Bulk {
  const all = nodes.map(node => bulkOf(node, bulks));
  return {
    parts: all.reduce((sum, { parts }) => sum + parts, 0),
    loops: Math.max(0, ...all.map(({ loops }) => loops)),
  };
}

/** The most that is compared: all of the smaller value. */
export function smaller(a: Bulk, b: Bulk): Bulk {
  return a.loops < b.loops || (a.loops === b.loops && a.parts <= b.parts) ? a : b;
}
