import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import { type CelBindings, CelError } from './cel/bind.ts';
import { costOf, worstCostOf } from './cel/cost.ts';
import { evaluateAsKubernetes } from './cel/evaluate.ts';
import { type CelFault, faultOf, summaryOf, unknownCall } from './cel/fault.ts';
import { foreignType } from './cel/kubernetes.ts';
import { registerMatches } from './cel/matches.ts';
import { measure } from './cel/measure.ts';
import { readsUnseen } from './cel/seen.ts';
import { CLUSTER_LIMITS } from './schema/limits.ts';

export { BUDGET, bindCel, type CelBindings } from './cel/bind.ts';

export interface CelProgram {
  /** Never throws. What it could cost is taken from the steps that the bindings have left; beyond them it is not run. */
  evaluate(bindings: CelBindings): boolean | { readonly error: string };
  /** The most that it can cost on the largest Pods there are, in steps. */
  readonly worstCost: number;
  /** What its comprehensions walk: paths such as `object.spec.containers[].ports`, or `?` for what is no field. */
  readonly walked: ReadonlySet<string>;
  /** True where its steps may be as many as the product of two lists of the Pod. */
  readonly crosses: boolean;
  /** True where it reads of the Namespace what is not known here. */
  readonly readsUnseen: boolean;
  /** Why an API server would not compile it, or would answer otherwise, as far as known: it can be evaluated here all the same. */
  readonly foreign?: CelFault;
}

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
export function compileCel(expression: string, variables: readonly string[]): CelProgram | CelFault {
  if (expression.length > MAX_EXPRESSION) return { problem: `longer than ${MAX_EXPRESSION} characters` };
  try {
    const environment = environmentOf(variables);
    const program = environment.parse(expression);
    const shape = measure(program.ast, new Set(variables));
    const { valid, error, type } = program.check();
    if (!valid)
      return faultOf(unknownCall(program.ast, expression, environment) ?? error, expression, variables);
    // Fields of a Pod are `dyn`: what they hold is known when the expression runs.
    if (type !== 'bool' && type !== 'dyn') return { problem: `it is of type ${type}, not bool` };
    evaluateAsKubernetes(program.ast);
    const foreign = foreignIn(expression, variables);
    return {
      evaluate: bindings => evaluate(program, costOf(shape, bindings), bindings),
      worstCost: worstCostOf(shape),
      walked: shape.walked,
      crosses: shape.crosses,
      readsUnseen: readsUnseen(program.ast),
      ...(foreign !== undefined && { foreign }),
    };
  } catch (error) {
    return faultOf(error, expression, variables);
  }
}

function foreignIn(expression: string, variables: readonly string[]): CelFault | undefined {
  try {
    const type = foreignType(expression, variables);
    return type === 'bool' || type === 'dyn' ? undefined : { problem: `it is of type ${type}, not bool` };
  } catch (error) {
    return faultOf(error, expression, variables);
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
  cost: number,
  bindings: CelBindings,
): boolean | { readonly error: string } {
  if (cost > bindings.left) {
    return {
      error: `could take ${Math.round(cost)} steps on this Pod; ${Math.floor(bindings.left)} are left`,
    };
  }
  bindings.left -= cost;
  // The library throws and catches for each absent key; stack traces are most of what that costs.
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
  }
}

const nameOf = (value: unknown): string => (value === null ? 'null' : typeof value);
