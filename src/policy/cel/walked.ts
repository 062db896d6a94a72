import type { ASTNode } from '@marcbachmann/cel-js';

/**
 * Which fields a value comes from, as paths such as `object.spec.containers[].env`. Undefined where that is not known, as for
 * the parts of a text, of which there may be any number.
 */
export type Origin = { readonly paths: readonly string[]; readonly items?: Origin | undefined } | undefined;

/** The origin of the variables that comprehensions bind; any other variable is a path by itself. */
export type Origins = ReadonlyMap<string, Origin>;

/** The origin of one item of a list, or of one key of a map. */
export const itemOf = (origin: Origin): Origin =>
  origin && ('items' in origin ? origin.items : { paths: origin.paths.map(path => `${path}[]`) });

/** The origin of the value of an expression. */
export function originOf(node: ASTNode, origins: Origins): Origin {
  switch (node.op) {
    case 'id':
      return origins.has(node.args) ? origins.get(node.args) : { paths: [node.args] };
    case '.':
    case '.?':
      return fieldOf(originOf(node.args[0], origins), node.args[1]);
    case '[]':
    case '[?]':
      return indexed(node.args, origins);
    case '+':
      return either(node.args, origins);
    case '?:':
      return either(node.args.slice(1) as ASTNode[], origins);
    case 'list':
      return { paths: [], items: either(node.args, origins) };
    case 'rcall':
      return originOfMethod(node.args, origins);
    case 'map':
      // A look-up in it may return any of its values, so it is not followed.
      return node.args.length === 0 ? { paths: [] } : undefined;
    default:
      return undefined;
  }
}

/** The variable that a value is part of: `c` for `c.?env.orValue([])`; undefined where it is made of several. */
export function rootOf(node: ASTNode): string | undefined {
  if (node.op === 'id') return node.args;
  if (node.op === '.' || node.op === '.?' || node.op === '[]' || node.op === '[?]')
    return rootOf(node.args[0]);
  const isPart = node.op === 'rcall' && ['orValue', 'filter', 'value'].includes(node.args[0]);
  return isPart ? rootOf(node.args[1]) : undefined;
}

const fieldOf = (origin: Origin, name: unknown): Origin =>
  origin && { paths: origin.paths.map(path => `${path}.${String(name)}`) };

function indexed([of, key]: readonly ASTNode[], origins: Origins): Origin {
  const origin = of && originOf(of, origins);
  return key?.op === 'value' && typeof key.args === 'string' ? fieldOf(origin, key.args) : itemOf(origin);
}

/** The origins of all of them together; an empty list has none. */
const either = (nodes: readonly ASTNode[], origins: Origins): Origin =>
  together(nodes.map(node => originOf(node, origins)));

function together(all: readonly Origin[]): Origin {
  const known = all.filter(origin => origin !== undefined);
  if (known.length < all.length) return undefined;
  const paths = known.flatMap(one => one.paths);
  // Lists in lists keep the origins of their own items, as deep as the expression nests them.
  return known.some(one => 'items' in one) ? { paths, items: together(known.map(itemOf)) } : { paths };
}

function originOfMethod(
  [name, receiver, args]: Extract<ASTNode, { op: 'rcall' }>['args'],
  origins: Origins,
): Origin {
  const origin = originOf(receiver, origins);
  switch (name) {
    case 'filter':
    case 'value':
      return origin;
    case 'orValue':
    case 'or':
      return either([receiver, ...args], origins);
    case 'map': {
      const [variable] = args;
      const inside = new Map([...origins, [String(variable?.args), itemOf(origin)]]);
      return origin && { paths: origin.paths, items: originOf(args.at(-1) as ASTNode, inside) };
    }
    default:
      return undefined;
  }
}
