import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { CelError } from './bind.ts';
import { isFound, patternSteps } from './pattern.ts';

/** What the library hands to a macro and what a macro returns; its own types leave these open. */
interface MacroInput {
  readonly args: readonly ASTNode[];
  readonly receiver: ASTNode | null;
}
interface Checker {
  check(node: ASTNode, context: unknown): { readonly kind: string; readonly name: string };
}
interface Evaluator {
  run(node: ASTNode, context: unknown): unknown;
}

/** The text of a string literal. */
export const literal = (node: ASTNode | undefined): string | undefined =>
  node?.op === 'value' && typeof node.args === 'string' ? node.args : undefined;

/**
 * Replaces the library's `matches`, a backtracking RegExp, by RE2, as the CEL specification requires. It has to be a macro, as
 * macros are found before functions of the same name.
 */
export function registerMatches(environment: Environment): Environment {
  const method = ({ args, receiver }: MacroInput) => matches(receiver as ASTNode, literal(args[0]));
  const global = ({ args }: MacroInput) => matches(args[0] as ASTNode, literal(args[1]));
  return (
    environment
      // It is declared on `list`, as the library already has `string.matches`; a macro answers to every receiver.
      .registerFunction('list.matches(ast): bool', method as never)
      .registerFunction('matches(ast, ast): bool', global as never)
  );
}

const BOOL = new Environment().parse('true').ast;

function matches(subject: ASTNode, pattern: string | undefined) {
  // `measure` refuses a pattern that is invalid or no literal before anything is evaluated.
  const steps = patternSteps(pattern ?? '');
  return {
    async: false,
    typeCheck(checker: Checker, _macro: unknown, context: unknown): unknown {
      const type = checker.check(subject, context);
      if (type.kind === 'dyn' || type.name === 'string') return checker.check(BOOL, context);
      throw Object.assign(new Error(`matches() needs a string, not ${type.name}`), { range: subject });
    },
    evaluate(evaluator: Evaluator, _macro: unknown, context: unknown): boolean {
      const text = evaluator.run(subject, context);
      if (typeof text !== 'string' || pattern === undefined || typeof steps !== 'number') {
        throw new CelError('matches() needs a string');
      }
      const found = isFound(pattern, steps, text);
      if (found === undefined) throw new CelError('matches() would take too long on this Pod');
      return found;
    },
  };
}
