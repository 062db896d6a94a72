import { comment } from './comment.ts';

export interface Entry {
  readonly key: string;
  readonly value: string | number | boolean | readonly string[];
  /** Why it has this value, as a comment above it. */
  readonly why?: string;
}

/** One table with its entries (https://toml.io/en/v1.0.0#table), and comments above it. */
export function table(
  path: readonly string[],
  entries: readonly Entry[],
  ...about: readonly string[]
): string {
  const head = `[${path.map(keyOf).join('.')}]`;
  return [...(about.length > 0 ? [comment(...about)] : []), head, ...entries.map(entryOf)].join('\n');
}

export function entryOf({ key, value, why }: Entry): string {
  // A string, number, boolean or array of strings is the same in JSON and TOML.
  const line = `${keyOf(key)} = ${JSON.stringify(value)}`;
  return why === undefined ? line : `${comment(why)}\n${line}`;
}

/** Joins tables with an empty line between them. */
export const file = (...parts: readonly string[]): string => `${parts.join('\n\n')}\n`;

const keyOf = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key));
