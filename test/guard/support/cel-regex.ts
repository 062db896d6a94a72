import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';

interface MacroInput {
  readonly args: readonly ASTNode[];
  readonly receiver: ASTNode | null;
}
interface Checker {
  check(node: ASTNode, context: unknown): { readonly kind: string; readonly name: string };
  getType(name: string): unknown;
}
interface Evaluator {
  run(node: ASTNode, context: unknown): unknown;
}

const compiled = new Map<string, RE2JS>();

/**
 * Lets RE2 evaluate `matches` instead of the library's RegExp. It is a macro because a macro is found before a function of the
 * same name.
 */
export function registerRegex(environment: Environment): void {
  const method = ({ args, receiver }: MacroInput) => matches(receiver as ASTNode, args[0] as ASTNode);
  const global = ({ args }: MacroInput) => matches(args[0] as ASTNode, args[1] as ASTNode);
  environment
    .registerFunction('list.matches(ast): bool', method as never)
    .registerFunction('matches(ast, ast): bool', global as never);
}

const matches = (subject: ASTNode, pattern: ASTNode) => ({
  async: false,
  typeCheck(checker: Checker, _: unknown, context: unknown): unknown {
    for (const node of [subject, pattern]) {
      const { kind, name } = checker.check(node, context);
      if (kind !== 'dyn' && name !== 'string') throw new Error(`no matching overload for matches: ${name}`);
    }
    // A literal is compiled together with the policy (ValidateRegexLiterals).
    if (pattern.op === 'value') regexOf(pattern.args as string);
    return checker.getType('bool');
  },
  evaluate(evaluator: Evaluator, _: unknown, context: unknown): boolean {
    const text = evaluator.run(subject, context);
    const source = evaluator.run(pattern, context);
    if (typeof text !== 'string' || typeof source !== 'string')
      throw new Error('no such overload: matches()');
    return regexOf(source).matcher(text).find();
  },
});

function regexOf(source: string): RE2JS {
  const regex = compiled.get(source) ?? RE2JS.compile(source);
  compiled.set(source, regex);
  return regex;
}
