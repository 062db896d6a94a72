import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** What a line imports from another file, whether all of it or a type. */
export const IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

/**
 * The circles of a graph: those that reach each other by arrows, together, each group and all of them in alphabetical order.
 * @param arrows of each node; to a node that is none of them leads nowhere
 */
export function circlesOf(arrows: ReadonlyMap<string, Iterable<string>>): readonly (readonly string[])[] {
  const reached = new Map([...arrows.keys()].map(node => [node, reachedFrom(node, arrows)]));
  const groups = [...reached]
    .filter(([node, others]) => others.has(node))
    .map(([node, others]) => [...others].filter(other => reached.get(other)?.has(node)).sort());
  return [...new Map(groups.map(group => [group.join(' '), group])).values()].sort((a, b) =>
    a.join().localeCompare(b.join()),
  );
}

/** Folders of src that files below a folder such as `src/cli` import from. */
export function importsFrom(folder: string): ReadonlySet<string> {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join(ROOT, folder, name));
  const targets = files.flatMap(file =>
    Array.from(readFileSync(file, 'utf8').matchAll(IMPORT), ([, path = '']) => join(dirname(file), path)),
  );
  return new Set(targets.map(target => relative(ROOT, target).split('/').slice(0, 2).join('/')));
}

/** The nodes that are reached by at least one arrow. */
export function reachedFrom(
  node: string,
  arrows: ReadonlyMap<string, Iterable<string>>,
): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const target of arrows.get(next) ?? []) {
      if (reached.has(target)) continue;
      reached.add(target);
      waiting.push(target);
    }
  }
  return reached;
}
