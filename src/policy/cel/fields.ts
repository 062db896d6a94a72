import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf } from './measure.ts';
import { itemOf, type Origins, originOf } from './walked.ts';

/** A node that reads a field of something, by its name or by an index. */
export type FieldNode = Extract<ASTNode, { op: '.' | '.?' | '[]' | '[?]' }>;

const COMPREHENSIONS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

/**
 * Calls `tell` for each place of an expression that reads a field.
 * @param tell `isAsked` is true inside of has(), which only asks whether the field is present
 */
export function eachField(
  node: ASTNode,
  tell: (node: FieldNode, origins: Origins, isAsked: boolean) => void,
  origins: Origins = new Map(),
  isAsked = false,
): void {
  if (node.op === '.' || node.op === '.?' || node.op === '[]' || node.op === '[?]')
    tell(node as FieldNode, origins, isAsked);
  if (node.op === 'rcall' && COMPREHENSIONS.has(node.args[0])) {
    const [, receiver, [variable, ...bodies]] = node.args;
    eachField(receiver, tell, origins, isAsked);
    const inside = new Map([...origins, [String(variable?.args), itemOf(originOf(receiver, origins))]]);
    for (const body of bodies) eachField(body, tell, inside, isAsked);
    return;
  }
  const isHas = node.op === 'call' && node.args[0] === 'has';
  for (const child of childrenOf(node)) eachField(child, tell, origins, isAsked || isHas);
}

/** A field of the Pod that an expression reads. */
export interface FieldRead {
  /** A path such as `object.spec.containers[].args`; a key of a map may contain dots. */
  readonly path: string;
  /** True where only its presence is asked for. */
  readonly isAsked: boolean;
  /** True where it is one item of a list or a map, and which one is not known beforehand. */
  readonly isAnyOf: boolean;
}

/** The fields of `object` that an expression reads, as far as can be told, with the fields above each. */
export function fieldsRead(root: ASTNode): readonly FieldRead[] {
  const found: FieldRead[] = [];
  eachField(root, (node, origins, isAsked) => {
    for (const path of originOf(node, origins)?.paths ?? []) {
      if (path.startsWith('object.')) found.push({ path, isAsked, isAnyOf: path.endsWith('[]') });
    }
  });
  return found;
}
