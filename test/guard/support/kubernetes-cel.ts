import { isDeepStrictEqual } from 'node:util';
import { Environment } from '@marcbachmann/cel-js';
import { evaluateAsKubernetes } from '../../../src/policy/cel/evaluate.ts';
import { registerLists } from './cel-lists.ts';
import { registerRegex } from './cel-regex.ts';
import { registerStrings } from './cel-strings.ts';

/*
CEL as admission policies have it: the library that evaluates the rules and the tests of signals, with what Kubernetes adds and
the guard may use. `cel-cases.ts` tests it by a table of cases that the end-to-end tests put to the API server, too. What an
evaluation costs is not counted here.
https://kubernetes.io/docs/reference/using-api/cel/
*/

/**
 * The values of a policy's variables are evaluated when first read and then kept, errors included (apiserver pkg/cel/lazy).
 * They are in a map, since the library reads fields of a map by `get`.
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
 * An environment that knows `object`, `oldObject`, `request`, `namespaceObject` and these variables. Without variables it is
 * that of a matchCondition, which has none (apis/admissionregistration/validation compiles those alone).
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
// Declares the part of the type of `request` (BuildRequestType) that is bound.
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

/** A compiled expression. It throws the error where the evaluation ends in one. */
export interface Program {
  (values: Readonly<Record<string, unknown>>): unknown;
  readonly expression: string;
  /** The type of its result, as the library writes types. */
  readonly type: string;
}

/**
 * The library has `cel.bind`, which the API server does not have. Its checker has no type for the elements of an empty list
 * literal, so such a list is made dynamic.
 * @param wanted the type that the expression must have, if any
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
  // The guard lists the keys of a map only in messages, where their order does not matter.
  evaluateAsKubernetes(program.ast, () => undefined);
  const evaluate = (values: Readonly<Record<string, unknown>>) => program(values as never);
  return Object.assign(evaluate, { expression, type });
}
