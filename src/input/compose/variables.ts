/*
Variables, as docs.docker.com/reference/compose-file/interpolation has them. Whoever reviews has another environment than
whoever starts the services, so nothing is looked up: a default counts, and what has none stays open.
*/
const VARIABLE = /\$(?:\$|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])((?:[^{}]|\{[^{}]*\})*))?\})/g;

/** What a text is once its defaults are filled in. */
export interface Filled {
  readonly text: string;
  /** The first variable that has no default, as `${NAME}`. */
  readonly open?: string;
}

/** `$$` is a dollar sign; `${NAME:-word}` and `${NAME-word}` are their word; any other variable is left as `${NAME}`. */
export function filledIn(written: string, depth = 0): Filled {
  if (!written.includes('$')) return { text: written };
  let open: string | undefined;
  const text = written.replace(
    VARIABLE,
    (whole, plain?: string, braced?: string, sign?: string, word = '') => {
      if (whole === '$$') return '$';
      if (sign?.endsWith('-') && depth < MOST_NESTED) {
        const inner = filledIn(word, depth + 1);
        open ??= inner.open;
        return inner.text;
      }
      const name = `\${${plain ?? braced}}`;
      open ??= name;
      return name;
    },
  );
  return open === undefined ? { text } : { text, open };
}

/** Defaults within defaults, beyond what anybody writes. */
const MOST_NESTED = 5;

/** Whether a text holds a variable that nothing is known of. */
export const isOpen = (text: string): boolean => /\$\{\w+\}/.test(text);
