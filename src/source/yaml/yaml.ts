import type { Document, Node, YAMLError } from 'yaml';
import type { Position, Problem, Purpose, SourceDocument } from '../document.ts';
import { MAX_BYTES, MAX_ENTRIES, MAX_OBJECTS } from '../limits.ts';
import { valueAt } from '../path.ts';
import { Problems } from '../problems.ts';
import { Exhausted, Refused, startOf, tooDeep } from '../refused.ts';
import type { Templates } from '../rendered.ts';
import { toPlain } from './convert.ts';
import { type Foreign, foreignIn } from './foreign.ts';
import { readJson } from './json-value.ts';
import { Lines } from './lines.ts';
import { isOfOpenList, type Parsed, parseYaml } from './parse.ts';
import { type BuiltDocument, type IsPassedOver, type PassedOver, passingOver } from './pass-over.ts';
import { type Offsets, Places } from './places.ts';
import { NOTHING_WRITTEN, type PlainDocument } from './plain.ts';
import { Repeats } from './repeats.ts';
import { type AfterJson, jsonIn } from './stream.ts';

/** What was read, and the problems of what could not be. */
export interface Reading {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly Problem[];
}

/**
 * Reads a stream of YAML or JSON documents as kubectl does. Empty documents are left out. A document that cannot be read is one
 * error, and the others are still read.
 * @param file the file in positions: a path, or `-`
 * @param purpose with `settings`, a key that is set twice is an error; with `manifests`, a warning
 * @param isPassedOver for such kinds, only the presence of an object has to be read
 * @param templates the files that the text was made from, which positions then name
 */
export function readDocuments(
  text: string,
  file: string,
  purpose: Purpose = 'settings',
  isPassedOver?: IsPassedOver,
  templates?: Templates,
): Reading {
  if (text.length > MAX_BYTES) return { documents: [], problems: [tooLarge(file)] };
  const reader = new StreamReader(text, new Lines(text, file, templates), purpose, isPassedOver);
  reader.readYaml(reader.readJson());
  return reader.reading();
}

export const tooLarge = (file: string): Problem =>
  problem({ file }, `larger than ${MAX_BYTES / 1024 / 1024} MiB`, 'Split the file.');

/** Collects the documents of one text, and a problem for each that cannot be read. */
class StreamReader {
  readonly #text: string;
  readonly #lines: Lines;
  readonly #purpose: Purpose;
  readonly #isPassedOver: IsPassedOver | undefined;
  readonly #documents: SourceDocument[] = [];
  readonly #problems = new Problems();
  /** The entries of everything that was read. */
  #entries = 0;
  /** The number of documents, readable or not. */
  #count = 0;
  #isFull = false;

  constructor(text: string, lines: Lines, purpose: Purpose, isPassedOver?: IsPassedOver) {
    this.#text = text;
    this.#lines = lines;
    this.#purpose = purpose;
    this.#isPassedOver = isPassedOver;
  }

  reading(): Reading {
    return { documents: this.#documents, problems: this.#problems.all() };
  }

  /** @returns where YAML begins */
  readJson(): number {
    const values = jsonIn(this.#text);
    for (;;) {
      const { done, value } = values.next();
      if (done) return this.#endJson(value);
      this.#attempt(places => {
        this.#countOne(value);
        return readJson(this.#text, value, places, new Repeats(this.#purpose));
      });
      if (this.#isFull) return this.#text.length;
    }
  }

  #endJson({ yamlFrom, wrongAt }: AfterJson): number {
    if (wrongAt === undefined) return yamlFrom;
    this.#attempt(() => {
      throw new Refused(
        wrongAt,
        `not valid JSON: found ${foundAt(this.#text, wrongAt)} in a stream of JSON objects`,
        'Correct it, or put a line with --- between all objects.',
      );
    });
    return yamlFrom;
  }

  /** Reads YAML from there to the end. */
  readYaml(base: number): void {
    const text = this.#text.slice(base);
    const foreign = foreignIn(text);
    let read = 0;
    const attempt = (parsed: Parsed): void => {
      this.#attempt(places => {
        refuse(foreign(read, parsed.end), offset => this.#lines.inText(base + offset).column ?? 0);
        if ('refused' in parsed) throw parsed.refused;
        if ('kind' in parsed) return passedOver(parsed, places, new Repeats(this.#purpose));
        if ('built' in parsed) return builtAs(parsed, places, new Repeats(this.#purpose));
        return 'document' in parsed
          ? readOne(parsed.document, read === 0, places, new Repeats(this.#purpose))
          : undefined;
      }, base);
      read = parsed.end;
    };
    for (const parsed of parseYaml(text, this.#passOver(text))) {
      this.#attempt(() => this.#countOne(beginOf(parsed, read)), base);
      if (this.#isFull) return;
      attempt(parsed);
    }
    // These are comments outside of any document, where kubectl may see one.
    attempt({ end: text.length });
  }

  /** Skips documents, as long as the file may hold that much. */
  #passOver(text: string): ((from: number) => PassedOver | BuiltDocument | undefined) | undefined {
    if (!this.#isPassedOver) return undefined;
    const look = passingOver(text, this.#isPassedOver);
    return from => {
      const passed = look(from);
      return passed && this.#entries + passed.entries <= MAX_ENTRIES ? passed : undefined;
    };
  }

  /**
   * Counts one more document: an empty or broken one takes time, too.
   * @throws Exhausted where that is one too many
   */
  #countOne(at: number): undefined {
    if (++this.#count > MAX_OBJECTS) throw new Exhausted(at, MAX_OBJECTS, 'documents');
  }

  /** @param base where the offsets of `read` begin */
  #attempt(read: (places: Places) => Rooted | undefined, base = 0): void {
    const places = new Places(MAX_ENTRIES - this.#entries);
    try {
      const plain = read(places);
      if (!plain || plain.value === null) return;
      this.#documents.push(documentOf(plain, base, this.#lines));
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      this.#isFull ||= refused instanceof Exhausted;
      const position = this.#lines.positionAt(base + refused.offset);
      this.#problems.add(() => problem(position, `${refused.message}${lineIn(position)}`, refused.fix));
    } finally {
      this.#entries += places.counted;
    }
  }
}

/** Where a document begins: text that was read before it may end above its line. */
const beginOf = (parsed: Parsed, read: number): number =>
  'document' in parsed ? parsed.document.range[0] : read;

/** A plain document with the offset at which it starts. */
type Rooted = PlainDocument & { readonly start: number };

/** A character, or a name for it. */
function foundAt(text: string, at: number): string {
  if (at >= text.length) return 'its end';
  return text.startsWith('---', at) ? '---' : JSON.stringify(text[at]);
}

/** A syntax error in rendered text is found there, and not in the file that it was made from. */
const lineIn = ({ rendered }: Position): string =>
  rendered === undefined ? '' : `, in line ${rendered.line} of what helm template writes`;

const problem = (position: Position, message: string, fix: string): Problem => ({
  severity: 'error',
  position,
  path: '',
  message,
  fix,
});

/** @throws Refused */
function refuse(foreign: Foreign | undefined, columnOf: (offset: number) => number): void {
  if (!foreign) return;
  const { offset, found, why, fix } = foreign;
  throw new Refused(offset, `${found} in column ${columnOf(offset)}: ${why}`, fix);
}

/** The first error; if a bracket is never closed, the error about that rather than those of the lines within it. */
function errorOf({ errors: [first, ...others], warnings }: Document.Parsed): YAMLError | undefined {
  if (!first) return warnings[0];
  return first.message.startsWith('Implicit keys of flow sequence')
    ? (others.find(isOfOpenList) ?? first)
    : first;
}

/** @throws Refused */
function readOne(
  parsed: Document.Parsed,
  isFirst: boolean,
  places: Places,
  repeats: Repeats,
): Rooted | undefined {
  const error = errorOf(parsed);
  if (error) throw refusalOf(error);
  const root = parsed.contents as Node | null;
  if (!root) return undefined;
  if (!isFirst && !parsed.directives.docStart) {
    const message = 'a document below "..." alone, which kubectl passes over';
    throw new Refused(root, message, 'Put --- above it.');
  }
  return { ...toPlain(root, places, repeats), start: startOf(root) };
}

/** The parts of a document without a tree that every caller needs. */
function passedOver(
  { apiVersion, kind, start, entries }: PassedOver,
  places: Places,
  repeats: Repeats,
): Rooted {
  places.pass(entries);
  return { value: { apiVersion, kind }, offsets: NO_PLACES, written: NOTHING_WRITTEN, repeats, start };
}

/** No key of it is set twice. */
function builtAs({ built, start, entries }: BuiltDocument, places: Places, repeats: Repeats): Rooted {
  places.pass(entries);
  return { ...built, repeats, start };
}

const NO_PLACES: Offsets = { offsetAt: () => undefined };

function documentOf(
  { value, offsets, written, repeats, start, mergesOver }: Rooted,
  base: number,
  lines: Lines,
): SourceDocument {
  return {
    value,
    position: lines.positionAt(base + start),
    positionOf: path => lines.positionAt(base + (offsets.offsetAt(value, path) ?? start)),
    writtenAt: path => {
      const holder = valueAt(value, path.slice(0, -1));
      return isObject(holder) ? written.get(holder)?.get(String(path.at(-1))) : undefined;
    },
    ...(repeats.told.length > 0 && repeatsIn(repeats, base, lines)),
    ...(mergesOver !== undefined && { mergesOver: lines.positionAt(base + mergesOver) }),
  };
}

/** This is kept apart from the rest of a document, so that it does not keep what it does not need. */
const repeatsIn = (repeats: Repeats, base: number, lines: Lines): Pick<SourceDocument, 'repeats'> => ({
  repeats: () => repeatsOf(repeats, base, lines),
});

function repeatsOf({ told, untold }: Repeats, base: number, lines: Lines): readonly Problem[] {
  const all = told.map(({ key, at, before }) => {
    const position = lines.positionAt(base + at);
    const { line } = lines.positionAt(base + before);
    const other = line === position.line ? 'before it' : `in line ${line}`;
    const message = `the key ${key} is set twice: this value counts, the last, as for kubectl, not the one ${other}`;
    return lost(position, message);
  });
  const [last] = all.slice(-1);
  return last && untold > 0
    ? [...all, lost(last.position, `and ${untold} more keys of this document are set twice`)]
    : all;
}

/** The problem of a key that is set twice: the document is read as kubectl reads it, without the other value. */
const lost = (position: Position, message: string): Problem => ({
  ...problem(position, message, 'Keep one; the other is lost silently.'),
  severity: 'warning',
  leftOut: true,
});

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function refusalOf(error: YAMLError): Refused {
  const offset = error.pos[0];
  if (error.code === 'TAG_RESOLVE_FAILED') {
    return new Refused(offset, 'a YAML tag, which Kubernetes manifests do not use', 'Remove the tag.');
  }
  // The composer is recursive, and reports when its stack is exhausted.
  if (error.code === 'RESOURCE_EXHAUSTION') return tooDeep(offset);
  const message = `${error.message.charAt(0).toLowerCase()}${error.message.slice(1).replace(/\.$/, '')}`;
  return new Refused(offset, `not valid YAML: ${message}`, 'Correct the syntax at this line.');
}
