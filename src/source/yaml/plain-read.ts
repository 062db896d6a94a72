import type { LineCursor } from './line-cursor.ts';
import { FLOW_ITEM } from './plain-value.ts';
import { resolvePlain } from './scalar.ts';

/*
Reads what `plain-value.ts` has recognized, as the data that a tree would become: most values in one line, and blocks that keep
their lines. Nothing else is read.
*/

/** A value, and what its author wrote for one that looks different. */
interface Scalar {
  readonly value: unknown;
  readonly written?: string;
}

export interface PlainRead extends Scalar {
  /** The items of a list in one line, with their offsets. */
  readonly items?: readonly (Scalar & { readonly at: number })[];
}

/**
 * The value at an offset.
 * @param cursor in the last line of the recognized value
 */
export function readPlain(cursor: LineCursor, at: number): PlainRead | undefined {
  const { text, line } = cursor;
  const sign = text[at];
  if (sign === '|') return block(cursor, at);
  // Text over several lines is folded, which is left to a tree.
  if (at < line || sign === '>') return undefined;
  switch (sign) {
    case '"':
    case "'":
      return { value: quoted(text, at) };
    case '{':
      return { value: {} };
    case '[':
      return list(text, at);
    default:
      return plain(textFrom(cursor, at));
  }
}

/** The text up to a comment or the end of the line, without the spaces before that. */
function textFrom({ text, end }: LineCursor, at: number): string {
  const rest = text.slice(at, end);
  const comment = rest.indexOf(' #');
  let last = comment < 0 ? rest.length : comment;
  while (rest[last - 1] === ' ') last--;
  return rest.slice(0, last);
}

/** A copy of a text. V8 keeps all of a text while parts of it are in use, unless the part has become the name of a field. */
function detached(text: string): string {
  if (text.length < SHORT) return text;
  const [own = text] = Object.keys({ [text]: 0 });
  return own;
}

/** V8 copies up to this many characters, as a reference would take as much. */
const SHORT = 13;

function plain(text: string): Scalar | undefined {
  const value = resolvePlain(text);
  if (value === null) return { value };
  if (typeof value === 'string') return { value: detached(value) };
  if (Number.isNaN(value)) return undefined;
  return text === String(value) ? { value } : { value, written: text };
}

/** Characters are read one by one, as a pattern for all of a long text would remember more than its engine may. */
function quoted(text: string, at: number): string {
  const isDouble = text[at] === '"';
  const from = at + 1;
  if (!isDouble) {
    let end = text.indexOf("'", from);
    while (text[end + 1] === "'") end = text.indexOf("'", end + 2);
    return detached(text.slice(from, end).replaceAll("''", "'"));
  }
  let end = from;
  while (text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  const inner = text.slice(from, end);
  return detached(
    inner.includes('\\') ? inner.replaceAll(ESCAPE, (_, sign: string) => MEANS[sign] ?? sign) : inner,
  );
}

const ESCAPE = /\\(.)/g;
const MEANS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function list(text: string, at: number): PlainRead | undefined {
  const items: (Scalar & { at: number })[] = [];
  for (let next = at + 1; text[next] !== ']'; ) {
    FLOW_ITEM.lastIndex = next;
    const [item] = FLOW_ITEM.exec(text) ?? [];
    if (item === undefined) return undefined;
    const read = /^["']/.test(item) ? { value: quoted(text, next) } : plain(item);
    if (!read) return undefined;
    items.push({ ...read, at: next });
    next += item.length;
    if (text[next] === ',') next++;
    while (text[next] === ' ') next++;
  }
  return { value: items.map(({ value }) => value), items };
}

/** Reads lines as they are (`|`), without their common indentation. */
function block({ text, next }: LineCursor, at: number): PlainRead | undefined {
  const head = text.indexOf('\n', at);
  const sign = text.slice(at + 1, head);
  const lines = text.slice(head + 1, next - 1).split('\n');
  // Whether white space counts there is left to a tree.
  if (sign === '+' || lines.some(line => line !== '' && isBlank(line))) return undefined;
  const indent = INDENT.exec(lines.find(line => line !== '') ?? '')?.[0].length ?? 0;
  while (lines.at(-1) === '') lines.pop();
  const value = lines.map(line => line.slice(indent)).join('\n');
  return { value: detached(sign === '-' ? value : `${value}\n`) };
}

const INDENT = /^ */;
const isBlank = (line: string): boolean => /^\s*$/.test(line);
