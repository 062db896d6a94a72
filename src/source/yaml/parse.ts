import { Composer, type Document, type ErrorCode, Lexer, Parser, Schema } from 'yaml';
import { MAX_DEPTH, MAX_LEXEMES, MAX_QUOTED, MAX_TEXT_LINES } from '../limits.ts';
import { Refused, tooDeep } from '../refused.ts';
import { TOO_LONG } from './convert.ts';
import type { BuiltDocument, PassedOver } from './pass-over.ts';

/** The key under which the composer finds the tag of a scalar that names none (`nodes/identity.js` of `yaml`). */
const SCALAR = Symbol.for('yaml.scalar');

/**
 * A schema that only has strings: `scalar.ts` resolves plain scalars, and every tag except `!!str`, `!!map` and `!!seq` is
 * unknown.
 */
const schema = withFlatStrings(new Schema({ schema: 'failsafe' }));

/**
 * Makes each text flat before the next one is built. The composer builds text in double quotes character by character, for
 * which V8 keeps a rope with a node of 32 bytes each: 50 MB of it took 1.9 GB, with the document.
 */
function withFlatStrings(made: Schema): Schema {
  const string = Reflect.get(made, SCALAR);
  const flatString = { ...string, resolve: flat };
  // A named tag, such as `!!str`, is looked up among all.
  const tags = made.tags.map(tag => (tag === string ? flatString : tag));
  return Object.create(made, { [SCALAR]: { value: flatString }, tags: { value: tags } });
}

/** Makes a text flat: a regular expression only matches flat text, and V8 keeps the flat version. */
function flat(text: string): string {
  ANYTHING.test(text);
  return text;
}

const ANYTHING = /(?:)/;

/** A document of a stream, and where the text after it begins. */
export type Parsed =
  | { readonly end: number; readonly document: Document.Parsed }
  | { readonly end: number; readonly refused: Refused }
  | PassedOver
  | BuiltDocument
  /** The rest of something that has been reported. */
  | { readonly end: number };

/**
 * The document itself, keys and values are counted in between, so above this it certainly nests too deeply; `convert.ts` is
 * exact.
 */
const MAX_STACK = MAX_DEPTH + 10;

/**
 * Parses the documents of a text, one after the other, so that the syntax tree of one is gone when the next is made. A document
 * that nests too deeply or holds too much is given up in the lexer, before it has a tree.
 * @param passOver is asked for each document whether it needs a tree
 */
export function* parseYaml(text: string, passOver: PassOver = PARSE_ALL): Iterable<Parsed> {
  let passed = passOver(0);
  for (let from = 0; from < text.length; ) {
    if (passed) {
      yield passed;
      from = passed.end;
      passed = passOver(from);
      continue;
    }
    const left = yield* parseFrom(text, from, passOver);
    if (!left) return;
    if ('start' in left) {
      passed = left;
      continue;
    }
    from = nextDocument(text, left.at);
    yield { end: from, ...(left.refused && { refused: left.refused }) };
    passed = passOver(from);
  }
}

/** What is known of the document at an offset, where it needs no tree. */
type PassOver = (from: number) => PassedOver | BuiltDocument | undefined;
const PARSE_ALL: PassOver = () => undefined;

/** Where a document was given up, and why, if its own errors do not say so. */
interface Left {
  readonly at: number;
  readonly refused?: Refused;
}

/**
 * The most errors of one document. After its end, and in text that is no YAML, each sign is an error; only the first is
 * reported.
 */
const MAX_ERRORS = 10;

/** @returns where it was given up, or the following document, where that needs no tree */
function* parseFrom(
  text: string,
  from: number,
  passOver: PassOver,
): Generator<Parsed, Left | PassedOver | BuiltDocument | undefined> {
  const composer = composerOfFewErrors();
  const parser = new Parser();
  parser.offset = from;
  const meter = new Meter();
  for (const lexeme of lexerOfKubectl().lex(from === 0 ? text : text.slice(from))) {
    for (const token of parser.next(lexeme)) {
      meter.see(token);
      yield* withoutStacks(() => composer.next(token));
    }
    // The composer keeps a document until it sees the next one, so both trees would exist together.
    const start = parser.offset - lexeme.length;
    if (lexeme === '---' && isLineStart(text, start)) {
      const documents = withoutStacks(() => composer.end());
      yield* documents;
      const passed = documents.length > 0 && passOver(start);
      if (passed) return passed;
    }
    const left = meter.excess(parser, lexeme);
    if (left) return yield* leave(composer, left);
  }
  for (const token of parser.end()) yield* withoutStacks(() => composer.next(token));
  yield* withoutStacks(() => composer.end());
  return undefined;
}

/** Reports what is given up because of errors, unless the document above reports them. */
function* leave(composer: Composer, left: Left): Generator<Parsed, Left> {
  const documents = withoutStacks(() => composer.end());
  yield* documents;
  return left.refused || documents.length > 0 ? left : { ...left, refused: notYaml(left.at) };
}

/** Anywhere else, three hyphens are text, or remains of an error. */
const isLineStart = (text: string, at: number): boolean => at === 0 || text[at - 1] === '\n';

/** The parts of a Composer that are used and missing in its types. */
interface ComposerState {
  readonly errors: readonly { readonly message: string }[];
  readonly warnings: readonly unknown[];
  onError: (source: unknown, code: ErrorCode, message: string, warning?: boolean) => void;
}

/** Keeps only errors that may be reported: text full of errors makes one or more of each sign, at 300 bytes each. */
function composerOfFewErrors(): Composer {
  // Duplicate keys are found during conversion, as the composer compares each key with every other.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, schema });
  const state = composer as unknown as ComposerState;
  const { onError } = state;
  state.onError = (source, code, message, warning) => {
    if (isTaken(code, message) || (warning && code !== 'TAG_RESOLVE_FAILED')) return;
    const kept = warning ? state.warnings : state.errors;
    const isAsked = isOfOpenList({ message }) && !state.errors.some(isOfOpenList);
    if (kept.length < MAX_ERRORS || isAsked) onError(source, code, message, warning);
  };
  return composer;
}

/** Whether go-yaml accepts it: a comment right after a quote or a bracket, or at the start of a line between brackets. */
const isTaken = (code: ErrorCode, message: string): boolean =>
  code === 'MISSING_CHAR' && message.startsWith('Comments must be separated');

/** Whether an error says that a list is never closed; it comes after the errors of the lines within. */
export const isOfOpenList = ({ message }: { readonly message: string }): boolean =>
  message.includes('end with a ]');

/** The parts of a Lexer that are used and missing in its types. */
interface LexerState {
  /** How far the next lines have to be indented to belong to the current value. */
  indentNext: number;
  parseQuotedScalar: LexerStep;
  parseFlowCollection: LexerStep;
}
type LexerStep = (this: LexerState) => Generator<string, unknown>;

/**
 * A lexer that requires no indentation within quotes and brackets. YAML does; go-yaml, and so kubectl, only looks for the
 * closing quote or bracket, and in many manifests that is at the start of a line. `---` there ends the document.
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

/** Counts what a document consists of. */
class Meter {
  #lexemes = 0;
  #errors = 0;

  see({ type }: { readonly type: string }): void {
    if (type === 'document') this.#lexemes = this.#errors = 0;
    else if (type === 'error') this.#errors++;
  }

  /**
   * Counts one more lexeme, which the parser has passed.
   * @returns why and where the document is given up, if it is
   */
  excess({ stack, offset: at }: Parser, lexeme: string): Left | undefined {
    // An alias becomes the largest node.
    this.#lexemes += lexeme.startsWith('*') ? 3 : 1;
    // The lexeme counts from its start: an unclosed quote continues to the end of the text.
    const start = at - lexeme.length;
    if (lexeme.length > MAX_QUOTED && /^["']/.test(lexeme))
      return { at: start, refused: tooLongQuoted(start) };
    if (lexeme.length > MAX_TEXT_LINES && hasMoreLines(lexeme, MAX_TEXT_LINES))
      return { at: start, refused: tooManyLines(start) };
    if (this.#errors > MAX_ERRORS) return { at };
    if (stack.length > MAX_STACK) return { at, refused: tooDeep(at) };
    return this.#lexemes > MAX_LEXEMES ? { at, refused: tooLong(at) } : undefined;
  }
}

const notYaml = (offset: number): Refused =>
  new Refused(offset, 'not valid YAML', 'Correct the syntax at this line.');

const tooLongQuoted = (offset: number): Refused =>
  new Refused(
    offset,
    `a text in quotes of more than ${MAX_QUOTED / 1024 / 1024} MiB`,
    'Write it as a block (|), or give the object as JSON.',
  );

const tooManyLines = (offset: number): Refused =>
  new Refused(offset, `a text of more than ${MAX_TEXT_LINES} lines`, 'Split it, or give the object as JSON.');

function hasMoreLines(text: string, most: number): boolean {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0 && lines <= most; at = text.indexOf('\n', at + 1)) lines++;
  return lines > most;
}

const tooLong = (offset: number): Refused =>
  new Refused(offset, `more than ${MAX_LEXEMES} words and signs in one document`, TOO_LONG);

/** Composes without stack traces, which take a kilobyte for each Error: text full of errors makes an Error of each sign. */
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

/** Where the next document starts, whatever state the parser is in: a line with `---` starts one, in YAML and in kubectl. */
function nextDocument(text: string, from: number): number {
  const separator = /\n---(?=[ \t\r\n]|$)/g;
  separator.lastIndex = from;
  const match = separator.exec(text);
  return match ? match.index + 1 : text.length;
}
