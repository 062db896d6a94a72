import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import type { Excerpt } from '../../source/document.ts';
import { nearest } from '../../source/nearest.ts';
import { reasonOf } from '../../source/reason.ts';
import { CelRefused, childrenOf } from './measure.ts';
import { CALLABLE } from './signatures.ts';
import { NAMESPACE_TYPES } from './types.ts';

/** What is wrong with an expression. */
export interface CelFault {
  /** The problem, with its place at the end: `1:8` is line 1, column 8. */
  readonly problem: string;
  readonly excerpt?: Excerpt;
  /** The name that was probably meant. */
  readonly meant?: string;
  /** The variables that exist, where an expression names another one. */
  readonly variables?: readonly string[];
}

/** A fault of the whole expression, which has no place in it. */
export class CelNoBool extends Error {
  constructor(type: string) {
    super(`it is of type ${type}, not bool`);
  }
}

/** The one-line summary that the library's errors have beside a message that draws the expression. */
export function summaryOf(error: unknown): string {
  const { summary } = error as { readonly summary?: unknown };
  return typeof summary === 'string' ? summary : reasonOf(error);
}

/** @param names variables that the expression may use */
export function faultOf(error: unknown, expression: string, names: readonly string[] = []): CelFault {
  if (error instanceof CelNoBool) return { problem: error.message };
  const refused = error instanceof CelRefused ? error : undefined;
  const before = expression.slice(0, offsetOf(error)).split('\n');
  const excerpt = {
    line: expression.split('\n')[before.length - 1] ?? '',
    column: (before.at(-1) ?? '').length + 1,
  };
  const summary = summaryOf(error);
  const meant = refused ? refused.meant : meantBy(summary, names, expression);
  return {
    problem: `${summary} at ${before.length}:${excerpt.column}`,
    excerpt,
    ...(meant !== undefined && { meant }),
    ...(meant === undefined && UNKNOWN_VARIABLE.test(summary) && { variables: names }),
  };
}

/** Field names are known only for namespaces. */
const FIELDS = Object.values(NAMESPACE_TYPES).flatMap(fields => Object.keys(fields));

/** Why a variable is unknown; `namespace` is a word that CEL reserves. */
const UNKNOWN_VARIABLE = /^(?:Unknown variable|Reserved identifier): (.+)$/;
const UNKNOWN_KEY = /^No such key: (.+)$/;

function meantBy(summary: string, names: readonly string[], expression: string): string | undefined {
  const [, key] = UNKNOWN_KEY.exec(summary) ?? [];
  if (key !== undefined) return nearest(key, FIELDS);
  const [, variable] = UNKNOWN_VARIABLE.exec(summary) ?? [];
  return variable === undefined ? undefined : variableMeantBy(variable, names, expression);
}

/**
 * The variable that was probably meant. Variables of loops count, too; a part of an object stands for that part of the Pod, and
 * the start of a name for the whole name.
 */
function variableMeantBy(name: string, names: readonly string[], expression: string): string | undefined {
  if (PARTS_OF_OBJECTS.has(name)) return `object.${name}`;
  const ofLoops = Array.from(expression.matchAll(LOOPS), ([, loop = '']) => loop);
  const others = [...names, ...ofLoops].filter(other => other !== name);
  return nearest(name, others) ?? names.find(other => other.startsWith(name));
}

const PARTS_OF_OBJECTS: ReadonlySet<string> = new Set(['metadata', 'spec', 'status']);
const LOOPS = /[.](?:all|exists|exists_one|filter|map)\(\s*(\w+)\s*,/g;

/** The offset of a fault in the expression. */
export const offsetOf = (error: unknown): number =>
  error instanceof CelRefused
    ? error.offset
    : ((error as { readonly range?: { readonly start?: number } }).range?.start ?? 0);

/**
 * The first call of a function that does not exist. The library reports its arguments instead: for an unknown macro, it does
 * not know the macro's variable.
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
