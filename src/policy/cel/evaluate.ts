import { type ASTNode, Optional } from '@marcbachmann/cel-js';
import { add, divide, multiply, negate, remainder, subtract } from './arithmetic.ts';
import { CelError } from './bind.ts';
import { isLeftToChance, leaveToChance } from './chance.ts';
import { CONVERSIONS, size } from './convert.ts';
import { isPresent, select, selectIfPresent } from './lookup.ts';
import { childrenOf } from './measure.ts';
import { join, TEXT_METHODS } from './texts.ts';
import { TIME_GETTERS, timePart } from './times.ts';
import { equals, isIn, ordered } from './values.ts';

/*
In the guard, the API server evaluates the same text with cel-go. The library parses and checks expressions, and runs logic,
comprehensions and optionals as cel-go does; where it would answer otherwise, what is here takes its place: each node of a tree
keeps the function that evaluates it (lib/parser.js, `ASTNode`), which a caller may set.
*/

interface Evaluator {
  run(node: ASTNode, context: unknown): unknown;
}
type Evaluate = (evaluator: Evaluator, node: never, context: unknown) => unknown;

/** Properties of nodes that the library's types leave out. */
interface Inner {
  readonly meta: { readonly alternate?: Inner & Comprehension; readonly macro?: object };
  setMeta(key: string, value: unknown): void;
}
interface Handled {
  /** Continues in the library once the parts are evaluated. */
  handle(...values: unknown[]): unknown;
}
type Node<Op extends ASTNode['op']> = Extract<ASTNode, { op: Op }>;

const BINARY: Readonly<Partial<Record<ASTNode['op'], (a: unknown, b: unknown) => unknown>>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': remainder,
  '==': equals,
  '!=': (a, b) => !equals(a, b),
  '<': ordered('<', found => found < 0),
  '<=': ordered('<=', found => found <= 0),
  '>': ordered('>', found => found > 0),
  '>=': ordered('>=', found => found >= 0),
};

/**
 * Makes a checked expression evaluate as it does in an API server.
 * @param chance is called for a list that was made from a map
 */
export function evaluateAsKubernetes(root: ASTNode, chance = leaveToChance): void {
  const evaluate = evaluationOf(root);
  const inner = root as unknown as Inner;
  if (evaluate) inner.setMeta('evaluate', evaluate);
  if (root.op === 'call' && root.args[0] === 'has')
    inner.setMeta('macro', { ...inner.meta.macro, evaluate: evaluateHas });
  if (root.op === 'rcall' && inner.meta.alternate)
    replaceComprehension(inner.meta.alternate, root.args[0], chance);
  for (const child of childrenOf(root)) evaluateAsKubernetes(child, chance);
}

function evaluationOf(node: ASTNode): Evaluate | undefined {
  switch (node.op) {
    case '.':
    case '.?': {
      const look = node.op === '.' ? select : selectIfPresent;
      return (evaluator, { args: [of, field] }: Node<'.'>, context) =>
        look(evaluator.run(of, context), field);
    }
    case '[]':
    case '[?]': {
      const look = node.op === '[]' ? select : selectIfPresent;
      return (evaluator, { args: [of, key] }: Node<'[]'>, context) => {
        const from = evaluator.run(of, context);
        // If there is nothing to select from, the key is not evaluated.
        const isNone = from instanceof Optional && !from.hasValue();
        return isNone ? from : look(from, evaluator.run(key, context));
      };
    }
    case '-_':
      return (evaluator, { args }: Node<'-_'>, context) => negate(evaluator.run(args, context));
    case 'map':
      return evaluateMap;
    case 'in': {
      // cel-go knows that such a list is empty, and does not evaluate the item.
      const [, list] = node.args;
      return list.op === 'list' && list.args.length === 0 ? () => false : evaluationOfBinary(isIn);
    }
    case 'call':
      return evaluationOfCall(node);
    case 'rcall':
      return evaluationOfMethod(node);
    default:
      return evaluationOfBinary(BINARY[node.op]);
  }
}

function evaluationOfBinary(run: ((a: unknown, b: unknown) => unknown) | undefined): Evaluate | undefined {
  return (
    run &&
    ((evaluator, { args: [a, b] }: Node<'+'>, context) =>
      run(evaluator.run(a, context), evaluator.run(b, context)))
  );
}

/** A map literal, whose keys keep their types; those of an object do not. */
function evaluateMap(evaluator: Evaluator, { args }: Node<'map'>, context: unknown): unknown {
  return new Map(args.map(([key, value]) => [evaluator.run(key, context), evaluator.run(value, context)]));
}

function evaluationOfCall({ args: [name, args] }: Node<'call'>): Evaluate | undefined {
  const run = name === 'size' ? size : CONVERSIONS.get(name);
  if (!run || args.length !== 1) return undefined;
  return (evaluator, node: Node<'call'> & Handled, context) => {
    const values = node.args[1].map(arg => evaluator.run(arg, context));
    return run(values[0]) ?? node.handle(values, node, evaluator);
  };
}

type Method = (of: unknown, args: readonly unknown[]) => unknown;

function evaluationOfMethod({ args: [name] }: Node<'rcall'>): Evaluate | undefined {
  const run = methodOf(name);
  if (!run) return undefined;
  return (evaluator, node: Node<'rcall'> & Handled, context) => {
    const [, receiver, args] = node.args;
    const of = evaluator.run(receiver, context);
    const values = args.map(arg => evaluator.run(arg, context));
    // The library refuses arguments that this is not for, or has an overload that was registered for them.
    return run(of, values) ?? node.handle([of, ...values], evaluator, node);
  };
}

function methodOf(name: string): Method | undefined {
  if (name === 'size') return of => size(of);
  if (name === 'join')
    return (of, [separator]) =>
      Array.isArray(of) && ['string', 'undefined'].includes(typeof separator)
        ? join(of, separator as string)
        : undefined;
  if (TIME_GETTERS.includes(name)) return (of, [zone]) => timePart(name, of, zone);
  const method = TEXT_METHODS.get(name);
  return method && ((of, args) => (typeof of === 'string' ? method(of, ...args) : undefined));
}

function evaluateHas(
  evaluator: Evaluator,
  { args: [node] }: { args: [Node<'.'>] },
  context: unknown,
): boolean {
  const [of, field] = node.args;
  return isPresent(evaluator.run(of, context), field);
}

interface Comprehension extends Handled {
  readonly args: { readonly iterable: ASTNode; readonly iterCtx: { iterType: unknown } };
}

/** The library takes the type of the first list in a sum for the type of all items. */
const ANY_TYPE = { matchesValueType: () => true };

function replaceComprehension(node: Inner & Comprehension, name: string, chance: typeof leaveToChance): void {
  node.args.iterCtx.iterType = ANY_TYPE;
  node.setMeta('evaluate', comprehend(name, chance));
}

/** Walks only lists and maps, where the library takes any object for one. A list that results from a map has no order. */
const comprehend =
  (name: string, chance: typeof leaveToChance): Evaluate =>
  (evaluator, node: Comprehension, context) => {
    const over = evaluator.run(node.args.iterable, context);
    const isMap = over instanceof Map;
    if (!isMap && !Array.isArray(over)) throw new CelError(`${name}() is for lists and maps`);
    const result = node.handle(isMap ? [...over.keys()] : over, node.args, evaluator, context);
    const isUnordered = isMap || isLeftToChance(over);
    if (isUnordered && Array.isArray(result)) chance(result);
    return result;
  };
