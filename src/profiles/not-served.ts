/** The paths that a profile lists, each with everything below it, and which of these are served all the same. */
export interface NotServed {
  readonly paths: readonly string[];
  readonly except?: readonly string[];
}

/** The same as expressions, which JavaScript reads as RE2 does, for the guard. */
export interface Unserved extends NotServed {
  readonly regex: string;
  /** Matches the paths that match `regex` and are served all the same. */
  readonly exceptRegex?: string;
  has(path: string): boolean;
}

export function unservedOf(written: NotServed): Unserved {
  const { paths, except = [] } = written;
  const regex = regexOf(paths);
  const within = new RegExp(regex);
  if (except.length === 0)
    return Object.freeze({ ...written, regex, has: (path: string) => within.test(path) });
  const exceptRegex = regexOf(except);
  const outside = new RegExp(exceptRegex);
  const has = (path: string): boolean => within.test(path) && !outside.test(path);
  return Object.freeze({ ...written, regex, exceptRegex, has });
}

const regexOf = (patterns: readonly string[]): string => `^(${patterns.map(treeOf).join('|')})`;

/**
 * A path and everything below it; for the root, only the directory itself, as otherwise nothing could be said about anything
 * else. The part below is not matched by `.`: JavaScript and RE2 take different characters for ends of lines, which a path may
 * contain.
 */
const treeOf = (pattern: string): string =>
  pattern === '/' ? '/$' : `${literal(pattern).replaceAll('*', '[^/]*')}(/|$)`;

const literal = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
