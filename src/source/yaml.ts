import { Composer, type Document, LineCounter, type Node, Parser, Schema, type YAMLError } from 'yaml';
import { type PlainDocument, toPlain } from './convert.ts';
import type { Position, Problem, SourceDocument } from './document.ts';
import { type Foreign, foreignIn } from './foreign.ts';
import { valueAt } from './path.ts';
import { Refused, startOf, tooDeep } from './refused.ts';

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
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col: column } = lines.linePos(offset);
    return { file, line, column };
  };
  const foreign = foreignIn(text);
  let read = 0;
  const attempt = (end: number, parsed?: Document.Parsed): void => {
    try {
      refuse(foreign(read, end), lines);
      const document = parsed && readOne(parsed, at, read === 0);
      if (document) documents.push(document);
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      problems.push(problem(at(refused.offset), refused.message, refused.fix));
    }
    read = end;
  };
  for (const parsed of parse(text, lines)) attempt(parsed.range[2], parsed);
  // Comments of no document, where kubectl may see one.
  attempt(text.length);
  return { documents, problems };
}

/** One after the other, so that the syntax tree of one is gone when the next is made. */
function parse(text: string, lines: LineCounter): Iterable<Document.Parsed> {
  // Duplicate keys are found while converting: the composer compares each key with every other.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, schema });
  return composer.compose(new Parser(lines.addNewLine).parse(text)) as Iterable<Document.Parsed>;
}

const problem = (position: Position, message: string, fix: string): Problem => ({
  severity: 'error',
  position,
  path: '',
  message,
  fix,
});

/** @throws Refused */
function refuse(foreign: Foreign | undefined, lines: LineCounter): void {
  if (!foreign) return;
  const { offset, found, why, fix } = foreign;
  throw new Refused(offset, `${found} in column ${lines.linePos(offset).col}: ${why}`, fix);
}

/** @throws Refused */
function readOne(
  parsed: Document.Parsed,
  at: (offset: number) => Position,
  isFirst: boolean,
): SourceDocument | undefined {
  const error = parsed.errors[0] ?? parsed.warnings.find(warning => warning.code === 'TAG_RESOLVE_FAILED');
  if (error) throw refusalOf(error);
  const root = parsed.contents as Node | null;
  if (!root) return undefined;
  if (!isFirst && !parsed.directives.docStart) {
    const message = 'a document below "..." alone, which kubectl passes over';
    throw new Refused(root, message, 'Put --- above it.');
  }
  const plain = toPlain(root);
  return plain.value === null ? undefined : documentOf(plain, startOf(root), at);
}

function documentOf(plain: PlainDocument, start: number, at: (offset: number) => Position): SourceDocument {
  return {
    value: plain.value,
    position: at(start),
    positionOf: path => {
      let offset = start;
      let current = plain.value;
      for (const part of path) {
        const found = isObject(current) ? plain.offsets.get(current)?.get(String(part)) : undefined;
        if (found === undefined) break;
        offset = found;
        current = (current as Record<string, unknown>)[String(part)];
      }
      return at(offset);
    },
    writtenAt: path => {
      const holder = valueAt(plain.value, path.slice(0, -1));
      return isObject(holder) ? plain.written.get(holder)?.get(String(path.at(-1))) : undefined;
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
