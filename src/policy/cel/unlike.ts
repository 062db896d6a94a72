import type { ASTNode } from '@marcbachmann/cel-js';
import { literal } from './matches.ts';
import { CelRefused, childrenOf } from './measure.ts';
import { TIME_GETTERS, zoneOffset } from './times.ts';
import { typeOf } from './types.ts';

/*
Expressions that an API server accepts, but reads or evaluates otherwise than the library here: because its grammar of signs,
comparisons and literals is another (cel-go parser/gen/CEL.g4), or because they depend on the machine or on chance.
*/

/** @throws CelRefused */
export function refuseUnlike(node: ASTNode, expression: string): void {
  refuseSigns(node, expression);
  refuseComparison(node, expression);
  refuseLiteral(node, expression);
  refuseZone(node);
  refuseOrder(node);
}

const SIGNS: ReadonlySet<string> = new Set(['!_', '-_']);

/** `!!a` is `a` in cel-go, whatever `a` is. */
function refuseSigns(node: ASTNode, expression: string): void {
  if (node.op !== '!_' && node.op !== '-_') return;
  const { args: inner } = node;
  const between = withoutTexts(expression.slice(node.start, inner.start));
  if (SIGNS.has(inner.op) && !between.includes('('))
    throw new CelRefused('put the second of two signs into brackets', inner);
}

const ORDERS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', 'in']);

/** `a == b < c` is `(a == b) < c` in cel-go, where all comparisons bind equally tightly. */
function refuseComparison(node: ASTNode, expression: string): void {
  if (node.op !== '==' && node.op !== '!=') return;
  const [left, right] = node.args;
  if (!ORDERS.has(right.op)) return;
  const opened = withoutTexts(expression.slice(left.end, right.start)).split('(').length - 1;
  if (!isOpen(withoutTexts(expression.slice(right.start, right.end)), opened))
    throw new CelRefused('put what is compared into brackets', right);
}

/** Whether one of the brackets opened before a text is still open at its end. */
function isOpen(text: string, opened: number): boolean {
  let [depth, least] = [opened, opened];
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    least = Math.min(least, depth);
  }
  return least > 0;
}

const TEXTS = /\/\/[^\n]*|"""(?:\\.|[^\\])*?"""|'''(?:\\.|[^\\])*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/gs;

/** The expression without comments and texts, and so without the brackets in them. */
const withoutTexts = (expression: string): string => expression.replace(TEXTS, '');

function refuseLiteral(node: ASTNode, expression: string): void {
  if (node.op !== 'value') return;
  const written = expression.slice(node.start, node.end);
  const problem = problemOf(written, node.args as unknown);
  if (problem) throw new CelRefused(problem, node);
}

function problemOf(written: string, value: unknown): string | undefined {
  if (written.startsWith('0X')) return 'write 0x';
  if (value instanceof Uint8Array && /[^\0-\x7f]/.test(written)) return 'write bytes beyond ASCII as \\x';
  // cel-go reads a carriage return as a line feed, together with one that follows it, in bytes too (parser/unescape.go).
  if (written.includes('\r')) return 'write a carriage return as \\r';
  if (typeof value !== 'string') return undefined;
  const isRaw = /^r/i.test(written);
  return isRaw && value.includes(`\\${written[1]}`)
    ? 'a backslash before its quote ends a raw text'
    : undefined;
}

/** Time zones are looked up by name on the machine, and those of the API server may be others, or missing. */
function refuseZone(node: ASTNode): void {
  if (node.op !== 'rcall' || !TIME_GETTERS.includes(node.args[0])) return;
  const [zone] = node.args[2];
  if (zone && zoneOffset(literal(zone) ?? '?') === undefined)
    throw new CelRefused("a time zone is a literal: 'UTC', or an offset such as '-05:00'", zone);
}

/** The fields of a Pod that are maps. */
const MAPS: ReadonlySet<unknown> = new Set(
  'labels annotations nodeSelector overhead limits requests matchLabels volumeAttributes'.split(' '),
);

/** Refuses what depends on the order of a map: Go walks it in another order each time. */
function refuseOrder(node: ASTNode): void {
  const told = toldOrders(node).find(hasNoOrder);
  if (told) throw new CelRefused('the keys of a map have no order', told);
}

/** The nodes whose order shows in the value of a node. */
function toldOrders(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case '==':
    case '!=':
      return node.args;
    case '[]':
    case '[?]':
      return [node.args[0]];
    case 'rcall':
      return node.args[0] === 'join' ? [node.args[1]] : [];
    default:
      return [];
  }
}

function hasNoOrder(list: ASTNode): boolean {
  switch (list.op) {
    case '+':
    case '?:':
      // The condition before `?` is no list.
      return childrenOf(list).some(hasNoOrder);
    case 'rcall': {
      const [name, receiver, args] = list.args;
      if (name === 'map' || name === 'filter') return isMap(receiver) || hasNoOrder(receiver);
      return name === 'orValue' && args.some(hasNoOrder);
    }
    default:
      return false;
  }
}

/** Whether a node is a map, as far as is known; the rest turns out during evaluation. */
function isMap(node: ASTNode): boolean {
  if (typeOf(node)?.kind === 'map') return node.op !== 'map' || node.args.length > 1;
  if (node.op === '.' || node.op === '.?') return MAPS.has(node.args[1]);
  if (node.op === '[]' || node.op === '[?]') return MAPS.has(literal(node.args[1]));
  return node.op === 'rcall' && ['orValue', 'or', 'value'].includes(node.args[0]) && isMap(node.args[1]);
}
