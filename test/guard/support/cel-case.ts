/*
Tables of what admission policies make of an expression. `cel-cases.test.ts` runs them with the evaluator of these tests, and
`test/e2e/cel-cases.test.ts` on the API server. Whatever the tests of the guard rely on has a line in one of them.
*/

/**
 * What becomes of the Pod of the cases under a policy of this one validation:
 * - `holds`, `fails`: as it says; `fails` with the message where one is given
 * - `error`: it cannot be evaluated, so it denies, and says so
 * - `unmatched`: the conditions keep the Pod out
 * - `refused`: the API server does not take the policy
 */
export type Outcome = 'holds' | 'fails' | 'error' | 'unmatched' | 'refused';

export interface CelCase {
  readonly is: Outcome;
  readonly expression: string;
  readonly conditions?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly message?: string;
  readonly messageExpression?: string;
  /** The message of a denial. */
  readonly says?: string;
}

/** The expression evaluates to an error at run time, which no checker sees. */
export const ERROR = "object.metadata.labels['nobody'] == 'x'";

/** The same case in both orders, as an error on one side is absorbed by the other side. */
export const both = (is: Outcome, a: string, operator: string, b: string): CelCase[] => [
  { is, expression: `${a} ${operator} ${b}` },
  { is, expression: `${b} ${operator} ${a}` },
];
export const of = (is: Outcome, ...expressions: string[]): CelCase[] =>
  expressions.map(expression => ({ is, expression }));
