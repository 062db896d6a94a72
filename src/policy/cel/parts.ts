import type { ASTNode } from '@marcbachmann/cel-js';

/** The parts between `&&`, `||`, `?` and `:`; each may be wrong whatever the others are. */
export function partsOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case '&&':
    case '||':
    case '?:':
      return node.args.flatMap(partsOf);
    case '!_':
      return ['&&', '||', '?:'].includes(node.args.op) ? partsOf(node.args) : [node];
    default:
      return [node];
  }
}

/** A part as an expression of its own, in which its places stay the same. */
export const alone = (expression: string, { start, end }: Pick<ASTNode, 'start' | 'end'>): string =>
  expression.slice(0, start).replace(/[^\n]/g, ' ') + expression.slice(start, end);
