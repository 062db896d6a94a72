import { Composer, type Document, Lexer, Parser, Schema } from 'yaml';
import { TOO_LONG } from './convert.ts';
import { MAX_DEPTH, MAX_LEXEMES } from './limits.ts';
import { Refused, tooDeep } from './refused.ts';

/** Strings alone: `scalar.ts` resolves plain scalars, and every tag but `!!str`, `!!map` and `!!seq` is unknown. */
const schema = new Schema({ schema: 'failsafe' });

/** A document of a stream, and where what follows it begins. */
export type Parsed =
  | { readonly end: number; readonly document: Document.Parsed }
  | { readonly end: number; readonly refused: Refused };

/** Between the document itself, a key and a value: what nests too deeply for sure; `convert.ts` is exact. */
const MAX_STACK = MAX_DEPTH + 10;

/**
 * The documents of a text, one after the other, so that the syntax tree of one is gone when the next is made. One that
 * nests too deeply or holds too much is given up in the lexer, before there is a tree of it.
 */
export function* parseYaml(text: string): Iterable<Parsed> {
  for (let from = 0; from < text.length; ) {
    const refused = yield* parseFrom(text, from);
    if (!refused) return;
    from = nextDocument(text, refused.offset);
    yield { end: from, refused };
  }
}

function* parseFrom(text: string, from: number): Generator<Parsed, Refused | undefined> {
  // Duplicate keys are found while converting: the composer compares each key with every other.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, schema });
  const parser = new Parser();
  parser.offset = from;
  let lexemes = 0;
  for (const lexeme of lexerOfKubectl().lex(from === 0 ? text : text.slice(from))) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'document') lexemes = 0;
      yield* withoutStacks(() => composer.next(token));
    }
    const refused = excess(parser, ++lexemes);
    if (!refused) continue;
    // The composer keeps a document until it sees what follows.
    yield* withoutStacks(() => composer.end());
    return refused;
  }
  for (const token of parser.end()) yield* withoutStacks(() => composer.next(token));
  yield* withoutStacks(() => composer.end());
  return undefined;
}

/** What is used of a Lexer that its types do not show. */
interface LexerState {
  /** How far the next lines have to be indented to belong to the current value. */
  indentNext: number;
  parseQuotedScalar: LexerStep;
  parseFlowCollection: LexerStep;
}
type LexerStep = (this: LexerState) => Generator<string, unknown>;

/**
 * One that does not ask for indentation within quotes and brackets. YAML does; go-yaml, and so kubectl, goes by the quote
 * and the bracket that end them, and many a manifest has them at the start of a line. `---` there ends the document.
 */
function lexerOfKubectl(): Lexer {
  const lexer = new Lexer();
  const state = lexer as unknown as LexerState;
  const withoutIndent = (step: LexerStep): LexerStep =>
    function* (this: LexerState) {
      const { indentNext } = this;
      this.indentNext = 0;
      try {
        return yield* step.call(this);
      } finally {
        this.indentNext = indentNext;
      }
    };
  state.parseQuotedScalar = withoutIndent(state.parseQuotedScalar);
  state.parseFlowCollection = withoutIndent(state.parseFlowCollection);
  return lexer;
}

/** Why a document is given up. */
function excess({ stack, offset }: Parser, lexemes: number): Refused | undefined {
  if (stack.length > MAX_STACK) return tooDeep(offset);
  return lexemes > MAX_LEXEMES ? tooLong(offset) : undefined;
}

const tooLong = (offset: number): Refused =>
  new Refused(offset, `more than ${MAX_LEXEMES} words and signs in one document`, TOO_LONG);

/** Text full of errors makes an Error of each; with its stack, of a kilobyte. */
function withoutStacks(compose: () => Iterable<Document.Parsed | Document>): Parsed[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return Array.from(compose() as Iterable<Document.Parsed>, document => ({
      end: document.range[2],
      document,
    }));
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Wherever the parser was: a line with `---` starts a document, for YAML and for kubectl. */
function nextDocument(text: string, from: number): number {
  const separator = /\n---(?=[ \t\r\n]|$)/g;
  separator.lastIndex = from;
  const match = separator.exec(text);
  return match ? match.index + 1 : text.length;
}
