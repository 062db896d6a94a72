/*
Variables, as in docs.docker.com/reference/compose-file/interpolation. The environment of a reviewer is not that of whoever
starts the services, so nothing is looked up: a default counts, and a variable without one stays open.
*/

/** `$$`, `$NAME`, `${NAME}`, the beginning of `${NAME:-word}`, or a single sign, which Docker refuses. */
const VARIABLE = /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(\}|:?[-?+]))?/g;

/** A text with its defaults filled in. */
export interface Filled {
  readonly text: string;
  /** The first variable that has no default, as `${NAME}`. */
  readonly open?: string;
}

/**
 * Fills in defaults: `$$` becomes a dollar sign, `${NAME:-word}` and `${NAME-word}` become their word, and any other variable
 * becomes `${NAME}`.
 */
export function filledIn(written: string, depth = 0): Filled {
  let text = '';
  let open: string | undefined;
  let done = 0;
  for (const found of written.matchAll(VARIABLE)) {
    // It is within the default of an earlier one.
    if (found.index < done) continue;
    const { end, ...filled } = variableAt(written, found, depth);
    text += written.slice(done, found.index) + filled.text;
    open ??= filled.open;
    done = end;
  }
  text += written.slice(done);
  return open === undefined ? { text } : { text, open };
}

function variableAt(
  written: string,
  found: RegExpExecArray,
  depth: number,
): Filled & { readonly end: number } {
  const [whole, escaped, plain, braced, sign] = found;
  const start = found.index + whole.length;
  if (escaped !== undefined) return { text: '$', end: start };
  const name = `\${${plain ?? braced}}`;
  if (plain !== undefined || sign === '}') return { text: name, open: name, end: start };
  const end = sign === undefined ? -1 : closingBrace(written, start);
  if (end < 0) return { text: whole, open: whole, end: start };
  if (!sign?.endsWith('-') || depth >= MOST_NESTED) return { text: name, open: name, end: end + 1 };
  return { ...filledIn(written.slice(start, end), depth + 1), end: end + 1 };
}

/** Where the word of a variable ends: it may contain variables with braces of their own. */
function closingBrace(written: string, start: number): number {
  let deep = 1;
  for (let at = start; at < written.length; at++) {
    if (written[at] === '{') deep++;
    if (written[at] === '}' && --deep === 0) return at;
  }
  return -1;
}

/** How deep defaults may be nested, which is deeper than anybody writes. */
const MOST_NESTED = 5;

/** The names of the variables that have a default somewhere in a value. */
export const withDefaults = (value: unknown): ReadonlySet<string> =>
  new Set(
    [...textsIn(value)].flatMap(text =>
      Array.from(text.matchAll(VARIABLE), ([, , , name = '', sign]) =>
        sign?.endsWith('-') ? [name] : [],
      ).flat(),
    ),
  );

/** A value that several aliases refer to is visited once. */
function* textsIn(value: unknown, seen = new Set<unknown>()): Iterable<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  for (const inner of Object.values(value)) yield* textsIn(inner, seen);
}
