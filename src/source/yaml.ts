import { Composer, type Document, type Node, Parser, Schema, type YAMLError } from 'yaml';
import { toPlain } from './convert.ts';
import type { Problem, SourceDocument } from './document.ts';
import { type Foreign, foreignIn } from './foreign.ts';
import { readJson } from './json-value.ts';
import { Lines } from './lines.ts';
import { valueAt } from './path.ts';
import type { PlainDocument } from './plain.ts';
import { Refused, startOf, tooDeep } from './refused.ts';
import { type JsonStream, jsonIn } from './stream.ts';

/** What was read, and what could not be. */
export interface Reading {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly Problem[];
}

/** 64 MiB, some 20,000 manifests: beyond it, one file is a mistake. */
const MAX_LENGTH = 64 * 1024 * 1024;

/** Strings alone: `scalar.ts` resolves plain scalars, and every tag but `!!str`, `!!map` and `!!seq` is unknown. */
const schema = new Schema({ schema: 'failsafe' });

/**
 * Reads a stream of YAML or JSON documents, the way kubectl does. Empty documents are left out. A document that cannot
 * be read is one error; the others are still read.
 * @param file what positions say: a path, or `-`
 */
export function readDocuments(text: string, file: string): Reading {
  const documents: SourceDocument[] = [];
  const problems: Problem[] = [];
  if (text.length > MAX_LENGTH) {
    const message = `larger than ${MAX_LENGTH / 1024 / 1024} MiB`;
    return { documents, problems: [problem({ file }, message, 'Split the file.')] };
  }
  const reader = new StreamReader(text, file, documents, problems);
  const json = jsonIn(text);
  reader.readJson(json);
  reader.readYaml(json.yamlFrom);
  return { documents, problems };
}

/** Collects the documents of one text, and a problem for each that cannot be read. */
class StreamReader {
  readonly #text: string;
  readonly #lines: Lines;
  readonly #documents: SourceDocument[];
  readonly #problems: Problem[];

  constructor(text: string, file: string, documents: SourceDocument[], problems: Problem[]) {
    this.#text = text;
    this.#lines = new Lines(text, file);
    this.#documents = documents;
    this.#problems = problems;
  }

  readJson({ starts, wrongAt }: JsonStream): void {
    for (const start of starts) this.#attempt(() => readJson(this.#text, start));
    if (wrongAt === undefined) return;
    this.#attempt(() => {
      throw new Refused(
        wrongAt,
        `not valid JSON: found ${foundAt(this.#text, wrongAt)} in a stream of JSON objects`,
        'Correct it, or put a line with --- between all objects.',
      );
    });
  }

  /** From there on, to the end. */
  readYaml(base: number): void {
    const text = this.#text.slice(base);
    const foreign = foreignIn(text);
    let read = 0;
    const attempt = (end: number, parsed?: Document.Parsed): void => {
      this.#attempt(() => {
        refuse(foreign(read, end), offset => this.#lines.positionAt(base + offset).column ?? 0);
        return parsed && readOne(parsed, read === 0);
      }, base);
      read = end;
    };
    for (const parsed of parse(text)) attempt(parsed.range[2], parsed);
    // Comments of no document, where kubectl may see one.
    attempt(text.length);
  }

  /** @param base of the offsets that `read` speaks of */
  #attempt(read: () => Rooted | undefined, base = 0): void {
    try {
      const plain = read();
      if (plain && plain.value !== null) this.#documents.push(documentOf(plain, base, this.#lines));
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      const position = this.#lines.positionAt(base + refused.offset);
      this.#problems.push(problem(position, refused.message, refused.fix));
    }
  }
}

/** With the offset at which it starts. */
type Rooted = PlainDocument & { readonly start: number };

/** A character, or what stands for it. */
function foundAt(text: string, at: number): string {
  if (at >= text.length) return 'its end';
  return text.startsWith('---', at) ? '---' : JSON.stringify(text[at]);
}

/** One after the other, so that the syntax tree of one is gone when the next is made. */
function parse(text: string): Iterable<Document.Parsed> {
  // Duplicate keys are found while converting: the composer compares each key with every other.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, schema });
  return composer.compose(new Parser().parse(text)) as Iterable<Document.Parsed>;
}

const problem = (position: Problem['position'], message: string, fix: string): Problem => ({
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

/** @throws Refused */
function readOne(parsed: Document.Parsed, isFirst: boolean): Rooted | undefined {
  const error = parsed.errors[0] ?? parsed.warnings.find(warning => warning.code === 'TAG_RESOLVE_FAILED');
  if (error) throw refusalOf(error);
  const root = parsed.contents as Node | null;
  if (!root) return undefined;
  if (!isFirst && !parsed.directives.docStart) {
    const message = 'a document below "..." alone, which kubectl passes over';
    throw new Refused(root, message, 'Put --- above it.');
  }
  return { ...toPlain(root), start: startOf(root) };
}

function documentOf({ value, offsets, written, start }: Rooted, base: number, lines: Lines): SourceDocument {
  return {
    value,
    position: lines.positionAt(base + start),
    positionOf: path => {
      let offset = start;
      let current = value;
      for (const part of path) {
        const found = isObject(current) ? offsets.offsetOf(current, String(part)) : undefined;
        if (found === undefined) break;
        offset = found;
        current = (current as Record<string, unknown>)[String(part)];
      }
      return lines.positionAt(base + offset);
    },
    writtenAt: path => {
      const holder = valueAt(value, path.slice(0, -1));
      return isObject(holder) ? written.get(holder)?.get(String(path.at(-1))) : undefined;
    },
  };
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function refusalOf(error: YAMLError): Refused {
  const offset = error.pos[0];
  if (error.code === 'TAG_RESOLVE_FAILED') {
    return new Refused(offset, 'a YAML tag, which Kubernetes manifests do not use', 'Remove the tag.');
  }
  // The composer is recursive, and reports its exhausted stack.
  if (error.code === 'RESOURCE_EXHAUSTION') return tooDeep(offset);
  const message = `${error.message.charAt(0).toLowerCase()}${error.message.slice(1).replace(/\.$/, '')}`;
  return new Refused(offset, `not valid YAML: ${message}`, 'Correct the syntax at this line.');
}
