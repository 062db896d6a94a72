import { Composer, type Document, Lexer, Parser, Schema } from 'yaml';
import { TOO_LONG } from './convert.ts';
import { MAX_DEPTH, MAX_LEXEMES } from './limits.ts';
import { Refused, tooDeep } from './refused.ts';

/** Strings alone: `scalar.ts` resolves plain scalars, and every tag but `!!str`, `!!map` and `!!seq` is unknown. */
const schema = new Schema({ schema: 'failsafe' });

/** A document of a stream, and where what follows it begins. */
export type Parsed =
  | { readonly end: number; readonly document: Document.Parsed }
  | { readonly end: number; readonly refused: Refused }
  /** Something of which all has been said. */
  | { readonly end: number };

/** Between the document itself, a key and a value: what nests too deeply for sure; `convert.ts` is exact. */
const MAX_STACK = MAX_DEPTH + 10;

/**
 * The documents of a text, one after the other, so that the syntax tree of one is gone when the next is made. One that
 * nests too deeply or holds too much is given up in the lexer, before there is a tree of it.
 */
export function* parseYaml(text: string): Iterable<Parsed> {
  for (let from = 0; from < text.length; ) {
    const left = yield* parseFrom(text, from);
    if (!left) return;
    from = nextDocument(text, left.at);
    yield { end: from, ...(left.refused && { refused: left.refused }) };
  }
}

/** Where a document was left, and why, where its own errors do not say so. */
interface Left {
  readonly at: number;
  readonly refused?: Refused;
}

/** Behind the end of a document, each sign is an error by itself; the first is told. */
const MAX_ERRORS = 10;

function* parseFrom(text: string, from: number): Generator<Parsed, Left | undefined> {
  // Duplicate keys are found while converting: the composer compares each key with every other.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, schema });
  const parser = new Parser();
  parser.offset = from;
  const meter = new Meter();
  for (const lexeme of lexerOfKubectl().lex(from === 0 ? text : text.slice(from))) {
    for (const token of parser.next(lexeme)) {
      meter.see(token);
      yield* withoutStacks(() => composer.next(token));
    }
    // The composer keeps a document until it sees the next, whose tree would stand beside.
    if (lexeme === '---') yield* withoutStacks(() => composer.end());
    const left = meter.excess(parser);
    if (!left) continue;
    yield* withoutStacks(() => composer.end());
    return left;
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

/** Counts what becomes of a document. */
class Meter {
  #lexemes = 0;
  #errors = 0;

  see({ type }: { readonly type: string }): void {
    if (type === 'document') this.#lexemes = this.#errors = 0;
    else if (type === 'error') this.#errors++;
  }

  /** Of one lexeme more: whether the document is given up, and why. */
  excess({ stack, offset: at }: Parser): Left | undefined {
    this.#lexemes++;
    if (this.#errors > MAX_ERRORS) return { at };
    if (stack.length > MAX_STACK) return { at, refused: tooDeep(at) };
    return this.#lexemes > MAX_LEXEMES ? { at, refused: tooLong(at) } : undefined;
  }
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
