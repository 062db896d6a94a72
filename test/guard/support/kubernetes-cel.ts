import { isDeepStrictEqual } from 'node:util';
import { Environment } from '@marcbachmann/cel-js';
import { evaluateAsKubernetes } from '../../../src/policy/cel/evaluate.ts';
import { registerLists } from './cel-lists.ts';
import { registerRegex } from './cel-regex.ts';
import { registerStrings } from './cel-strings.ts';

/*
CEL as admission policies have it: the library of the rules and of the signals' tests, evaluated as those are, with what
Kubernetes adds and the guard may use. `cel-cases.ts` holds both to it: a table of cases that the
end-to-end tests ask the API server, too. What one evaluation may cost is not counted here.
https://kubernetes.io/docs/reference/using-api/cel/
*/

/**
 * Values of a policy's variables: evaluated when first read, then kept, the errors too (apiserver pkg/cel/lazy). A map,
 * since the library reads fields of a map by `get`.
 */
export class LazyVariables extends Map<string, unknown> {
  readonly #evaluate: (name: string) => unknown;
  readonly #kept = new Map<string, () => unknown>();

  constructor(evaluate: (name: string) => unknown) {
    super();
    this.#evaluate = evaluate;
  }

  override get(name: string): unknown {
    const kept = this.#kept.get(name) ?? this.#first(name);
    this.#kept.set(name, kept);
    return kept();
  }

  #first(name: string): () => unknown {
    try {
      const value = this.#evaluate(name);
      return () => value;
    } catch (error) {
      return () => {
        throw error;
      };
    }
  }
}

/**
 * An environment that knows `object`, `oldObject`, `request`, `namespaceObject` and these variables; without variables,
 * one of a matchCondition, which has none (apis/admissionregistration/validation compiles those alone).
 */
export function kubernetesCel(variables?: ReadonlyMap<string, string>): Environment {
  if (!variables) return BASE;
  return BASE.clone()
    .registerType('Variables', { ctor: LazyVariables, fields: Object.fromEntries(variables) })
    .registerVariable('variables', 'Variables');
}

const BASE = new Environment({
  enableOptionalTypes: true,
  limits: { maxListElements: 10_000, maxMapEntries: 10_000 },
});
for (const name of ['object', 'oldObject', 'namespaceObject']) BASE.registerVariable(name, 'dyn');
interface Optional {
  orValue(otherwise: unknown): unknown;
}
const NONE = Symbol('none');
const RESOURCE = { group: 'string', version: 'string', resource: 'string' };
// The part of the declared type of `request` (BuildRequestType) that is bound.
BASE.registerVariable('request', {
  schema: {
    ...{ operation: 'string', name: 'string', namespace: 'string', dryRun: 'bool' },
    ...{ resource: RESOURCE, subResource: 'string', requestResource: RESOURCE, requestSubResource: 'string' },
    userInfo: { username: 'string', groups: 'list<string>' },
  },
});
// The library compares optionals by identity.
BASE.registerOperator('optional == optional', ((a: Optional, b: Optional) =>
  isDeepStrictEqual(a.orValue(NONE), b.orValue(NONE))) as never);
for (const register of [registerLists, registerStrings, registerRegex]) register(BASE);

/** A compiled expression. Throws what the evaluation ends with where that is an error. */
export interface Program {
  (values: Readonly<Record<string, unknown>>): unknown;
  readonly expression: string;
  /** What it evaluates to, as the library writes types. */
  readonly type: string;
}

/**
 * The library has `cel.bind`, which the API server has not. Its checker has no type for the elements of an empty list literal, so such a list is made dynamic.
 * @param wanted the type that it must have, where it must have one
 * @throws where the expression does not parse, or does not pass the type checker
 */
export function compileCel(
  environment: Environment,
  expression: string,
  wanted?: 'bool' | 'string',
): Program {
  if (expression.includes('cel.bind(')) throw new Error('undeclared reference to cel');
  const program = environment.parse(expression.replaceAll('[].exists(', 'dyn([]).exists('));
  const { valid, error, type = 'dyn' } = program.check();
  const problem = valid ? wanted && type !== wanted && `must evaluate to ${wanted}` : error?.message;
  if (problem) throw new Error(`the API server would not take ${expression}: ${problem}`);
  // In messages, keys of a map are told in whatever order.
  evaluateAsKubernetes(program.ast, () => undefined);
  const evaluate = (values: Readonly<Record<string, unknown>>) => program(values as never);
  return Object.assign(evaluate, { expression, type });
}
