/*
Text that kubectl reads otherwise than YAML 1.2 says. Its parser (go-yaml v2: `is_break`, `yaml_parser_update_buffer`) ends
lines, and with them comments, at more characters; its decoder (apimachinery `util/yaml`) splits documents and skips white space
and byte order marks by rules of its own. Text that is hidden from us would be applied to the cluster.
*/
const FOREIGN =
  /[[\p{Cc}\u2028\u2029\ufffe\uffff]--[\t\n\r]]|\r(?!\n)|(?<=\n)\ufeff|(?<=^|\n)---(?![ \t\r\n]|$)|^\s*?[\s--[ \t\r\n\ufeff]]/gv;

export interface Foreign {
  readonly offset: number;
  /** What was found, and what kubectl makes of it. */
  readonly found: string;
  readonly why: string;
  readonly fix: string;
}

/** Finds the first such text in each part that kubectl reads as YAML; parts are passed in their order. */
export function foreignIn(text: string): (from: number, to: number) => Foreign | undefined {
  const next = (from: number): Foreign | undefined => {
    FOREIGN.lastIndex = from;
    const match = FOREIGN.exec(text);
    return match ? foreign(match[0], match.index) : undefined;
  };
  let first = next(0);
  return (from, to) => {
    if (first && first.offset < from) first = next(from);
    return first && first.offset < to ? first : undefined;
  };
}

function foreign(match: string, index: number): Foreign {
  const offset = match === '---' ? index : index + match.length - 1;
  const last = match.at(-1) ?? '';
  const code = last.charCodeAt(0).toString(16).padStart(4, '0');
  const found = `U+${code.toUpperCase()}`;
  switch (last) {
    case '-':
      return {
        offset,
        found: '--- without a space behind it',
        why: 'kubectl may take it for the start of a document',
        fix: 'End the line there, put a space behind it, or indent it.',
      };
    case '\r':
      return {
        offset,
        found: 'a carriage return (U+000D) alone',
        why: 'kubectl ends the line there',
        fix: 'Save the file with the line ends of Unix or Windows.',
      };
    case '\u0085':
    case '\u2028':
    case '\u2029': {
      const fix = `Remove it, or write it as \\u${code} in double quotes.`;
      return { offset, found, why: 'kubectl ends the line there', fix };
    }
    default: {
      const passedOver = /\s/.test(last) && !/\p{Cc}/v.test(last);
      const why = passedOver ? 'kubectl passes over it' : 'kubectl refuses it';
      return { offset, found, why, fix: 'Remove it.' };
    }
  }
}
