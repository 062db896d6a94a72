import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js';
import { type CelBindings, CelError } from './cel/bind.ts';
import { costOf, type Shape, worstCostOf } from './cel/cost.ts';
import { evaluateAsKubernetes } from './cel/evaluate.ts';
import { type CelFault, CelNoBool, faultOf, offsetOf, summaryOf, unknownCall } from './cel/fault.ts';
import { type FieldRead, fieldsRead } from './cel/fields.ts';
import { foreignType } from './cel/kubernetes.ts';
import { registerMatches } from './cel/matches.ts';
import { CelTooLong, measure } from './cel/measure.ts';
import { alone, partsOf } from './cel/parts.ts';
import { makingCost, matching } from './cel/pattern.ts';
import { unknownFields } from './cel/pod-fields.ts';
import { readsUnseen } from './cel/seen.ts';
import { CLUSTER_LIMITS } from './schema/limits.ts';

export { BUDGET, bindCel, type CelBindings } from './cel/bind.ts';
export type { FieldRead } from './cel/fields.ts';

export interface CelProgram {
  /**
   * Evaluates the expression, and never throws. Its cost is taken from the steps that the bindings have left; if these are not
   * enough, it is not evaluated.
   */
  evaluate(bindings: CelBindings): boolean | { readonly error: string };
  /** The most that it can cost on the largest Pods, in steps. */
  readonly worstCost: number;
  /** The paths that its comprehensions walk, such as `object.spec.containers[].ports`, or `?` for what is no field. */
  readonly walked: ReadonlySet<string>;
  /** True where it may take as many steps as the product of the lengths of two lists of the Pod. */
  readonly crosses: boolean;
  /** True where it reads parts of the Namespace that are not known here. */
  readonly readsUnseen: boolean;
  /** Why it is never evaluated, and counts as a rule that failed: it could take too long. */
  readonly tooLong?: CelFault;
  /**
   * Why an API server would not compile it, or would answer otherwise, as far as is known; here it can be evaluated all the
   * same.
   */
  readonly foreign?: CelFault & Pick<Beside, 'others'>;
  /** The fields that it reads and that no Pod has, as far as is known. */
  readonly unknownFields: readonly CelFault[];
}

/** Why an expression is refused, and what else is wrong with it, so that its author learns all of it at once. */
export interface CelRefusal extends CelFault, Beside {}

interface Beside {
  /** Faults in other parts of the expression. */
  readonly others: readonly CelFault[];
  /** The fields that it reads and that no Pod has, as far as is known. */
  readonly unknownFields: readonly CelFault[];
}

const NOTHING: Beside = { others: [], unknownFields: [] };

/** How many parts are compiled by themselves: an expression that others have stored must not take long. */
const MOST_PARTS = 20;

const MAX_EXPRESSION = CLUSTER_LIMITS.expression;
const LIMITS = {
  maxAstNodes: 500,
  maxDepth: 32,
  maxListElements: 200,
  maxMapEntries: 200,
  maxCallArguments: 8,
};

/**
 * Compiles a CEL expression that answers true or false.
 *
 * What it can cost is bounded at both ends: its size, nesting and patterns here, and its worst case on the data at hand
 * before each evaluation, so that no Pod can make its rules run long.
 * @param variables names the expression may use, of any type
 */
export function compileCel(expression: string, variables: readonly string[]): CelProgram | CelRefusal {
  if (expression.length > MAX_EXPRESSION)
    return { problem: `longer than ${MAX_EXPRESSION} characters`, ...NOTHING };
  const environment = environmentOf(variables);
  let program: ParseResult;
  try {
    program = environment.parse(expression);
  } catch (error) {
    // If an expression cannot be parsed, nothing is known of what follows the first fault.
    return { ...faultOf(error, expression, variables), ...NOTHING };
  }
  const { ast } = program;
  const fields = unknownFields(ast).map(fault => faultOf(fault, expression));
  try {
    const shape = check(program, expression, variables);
    evaluateAsKubernetes(ast);
    const foreign = foreignIn(program, expression, variables);
    return {
      evaluate: bindings => evaluate(program, shape, bindings),
      worstCost: worstCostOf(shape),
      walked: shape.walked,
      crosses: shape.crosses,
      readsUnseen: readsUnseen(ast),
      unknownFields: fields,
      ...(foreign !== undefined && { foreign }),
    };
  } catch (error) {
    if (error instanceof CelTooLong) return neverRun(faultOf(error, expression, variables));
    return { ...allFaults(ast, error, expression, variables), unknownFields: fields };
  }
}

/** The fields of `object` that an expression reads; none where it cannot be parsed, as it then reads nothing. */
export function fieldsReadBy(expression: string, variables: readonly string[]): readonly FieldRead[] {
  try {
    return fieldsRead(environmentOf(variables).parse(expression).ast);
  } catch {
    return [];
  }
}

/** @throws CelRefused, or what the library throws */
function check(program: ParseResult, expression: string, variables: readonly string[]): Shape {
  const shape = measure(program.ast, new Set(variables));
  const { valid, error, type } = program.check();
  if (!valid) throw unknownCall(program.ast, expression, environmentOf(variables)) ?? error;
  // Fields of a Pod are `dyn`: their types are known only when the expression is evaluated.
  if (type !== 'bool' && type !== 'dyn') throw new CelNoBool(String(type));
  return shape;
}

/** The fault of the whole, and the faults of those parts that do not contain it, in the order in which they are written. */
function allFaults(
  ast: ASTNode,
  error: unknown,
  expression: string,
  variables: readonly string[],
): CelFault & Pick<Beside, 'others'> {
  const at = offsetOf(error);
  const others = partsOf(ast)
    .filter(({ start, end }) => at < start || at >= end)
    .slice(0, MOST_PARTS)
    .flatMap(part => faultIn(alone(expression, part), variables));
  const all = [error, ...others].toSorted((a, b) => offsetOf(a) - offsetOf(b));
  const [first, ...rest] = all.map(one => faultOf(one, expression, variables));
  return { ...(first as CelFault), others: rest };
}

/** @param part a part of the expression that stands alone, if one does */
function faultIn(part: string, variables: readonly string[]): unknown[] {
  let program: ParseResult;
  try {
    program = environmentOf(variables).parse(part);
  } catch {
    // Taken out of its brackets, it is no expression, so nothing can be said about it.
    return [];
  }
  try {
    check(program, part, variables);
    foreignType(part, variables);
    return [];
  } catch (error) {
    // A part that does not answer true or false may be all right where it stands.
    return error instanceof CelNoBool ? [] : [error];
  }
}

const neverRun = (tooLong: CelFault): CelProgram => ({
  evaluate: () => ({ error: tooLong.problem }),
  worstCost: 0,
  walked: new Set(),
  crosses: false,
  readsUnseen: false,
  unknownFields: [],
  tooLong,
});

function foreignIn(
  { ast }: ParseResult,
  expression: string,
  variables: readonly string[],
): CelProgram['foreign'] {
  try {
    const type = foreignType(expression, variables);
    return type === 'bool' || type === 'dyn'
      ? undefined
      : { ...faultOf(new CelNoBool(String(type)), expression), others: [] };
  } catch (error) {
    return allFaults(ast, error, expression, variables);
  }
}

const environments = new Map<string, Environment>();

function environmentOf(variables: readonly string[]): Environment {
  const key = variables.join();
  let environment = environments.get(key);
  if (!environment) {
    environment = new Environment({
      enableOptionalTypes: true,
      homogeneousAggregateLiterals: false,
      limits: LIMITS,
    });
    for (const name of variables) environment.registerVariable(name, 'dyn');
    registerMatches(environment);
    environments.set(key, environment);
  }
  return environment;
}

function evaluate(
  program: ParseResult,
  shape: Shape,
  bindings: CelBindings,
): boolean | { readonly error: string } {
  const cost = costOf(shape, bindings);
  if (cost > bindings.left) {
    return {
      error: `could take ${Math.round(cost)} steps on this Pod; ${Math.floor(bindings.left)} are left`,
    };
  }
  bindings.left -= cost;
  matching.left = bindings.matching - makingCost(shape.patternSteps);
  // The library throws and catches an error for each absent key, and most of that cost is stack traces.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const result: unknown = program(bindings.values as never);
    return typeof result === 'boolean'
      ? result
      : { error: `the result is ${nameOf(result)}, not true or false` };
  } catch (error) {
    return { error: error instanceof CelError ? error.message : summaryOf(error) };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    bindings.matching = matching.left;
  }
}

const nameOf = (value: unknown): string => (value === null ? 'null' : typeof value);
