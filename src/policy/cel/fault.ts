import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import type { Excerpt } from '../../source/document.ts';
import { nearest } from '../../source/nearest.ts';
import { reasonOf } from '../../source/reason.ts';
import { CelRefused, childrenOf } from './measure.ts';
import { CALLABLE } from './signatures.ts';
import { NAMESPACE_TYPES } from './types.ts';

/** What is wrong with an expression. */
export interface CelFault {
  /** With its place at the end: `1:8` is line 1, column 8. */
  readonly problem: string;
  readonly excerpt?: Excerpt;
  /** The name that was probably meant. */
  readonly meant?: string;
}

/** The library's errors have a one-line summary beside a message that draws the expression. */
export function summaryOf(error: unknown): string {
  const { summary } = error as { readonly summary?: unknown };
  return typeof summary === 'string' ? summary : reasonOf(error);
}

/** @param names variables that the expression may use */
export function faultOf(error: unknown, expression: string, names: readonly string[] = []): CelFault {
  const refused = error instanceof CelRefused ? error : undefined;
  const before = expression.slice(0, refused ? refused.offset : offsetOf(error)).split('\n');
  const excerpt = {
    line: expression.split('\n')[before.length - 1] ?? '',
    column: (before.at(-1) ?? '').length + 1,
  };
  const summary = summaryOf(error);
  const meant = refused ? refused.meant : meantBy(summary, names);
  return {
    problem: `${summary} at ${before.length}:${excerpt.column}`,
    excerpt,
    ...(meant !== undefined && { meant }),
  };
}

/** Fields are known of namespaces alone. */
const FIELDS = Object.values(NAMESPACE_TYPES).flatMap(fields => Object.keys(fields));

function meantBy(summary: string, variables: readonly string[]): string | undefined {
  const [, what, name = ''] = /^(Unknown variable|No such key): (.+)$/.exec(summary) ?? [];
  return what && nearest(name, what === 'No such key' ? FIELDS : variables);
}

const offsetOf = (error: unknown): number =>
  (error as { readonly range?: { readonly start?: number } }).range?.start ?? 0;

/**
 * The first call of a function that there is not. The library tells of its arguments instead: of a macro, whose variable
 * it then does not know.
 */
export function unknownCall(
  node: ASTNode,
  expression: string,
  environment: Environment,
): CelRefused | undefined {
  const names = new Set(environment.getDefinitions().functions.map(({ name }) => name));
  return firstUnknown(node, expression, names);
}

function firstUnknown(node: ASTNode, expression: string, names: ReadonlySet<string>): CelRefused | undefined {
  const name = node.op === 'call' || node.op === 'rcall' ? node.args[0] : undefined;
  if (name !== undefined && !names.has(name)) {
    const from = node.op === 'rcall' ? node.args[1].end : node.start;
    const start = expression.indexOf(name, from);
    return new CelRefused(`there is no function ${name}()`, { start }, nearest(name, CALLABLE));
  }
  for (const child of childrenOf(node)) {
    const found = firstUnknown(child, expression, names);
    if (found) return found;
  }
  return undefined;
}
