import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { type Problem, placeText, type SourceDocument } from '../document.ts';
import { packaged } from '../packaged.ts';
import { readDocuments } from '../yaml/yaml.ts';
import { PREPARED, type Prepared } from './prepared.ts';

const FOLDER = packaged('policies/');

/** The YAML files of a folder such as `profiles/`, by name. */
export const shippedIn = (folder: string): readonly string[] =>
  readdirSync(new URL(folder, FOLDER))
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .map(name => `${folder}${name}`);

/**
 * The documents of a file such as `strict.yaml`.
 * @param prepared what was read of such files before, which counts as long as they have not changed
 * @throws Error when it is missing or cannot be read: the installation is broken
 */
export function readShipped(
  name: string,
  prepared: Readonly<Record<string, Prepared>> = PREPARED,
): readonly SourceDocument[] {
  const text = readFileSync(new URL(name, FOLDER), 'utf8');
  const before = prepared[name];
  return before?.digest === digestOf(text) ? asPrepared(name, text, before) : parse(name, text);
}

/** What `readShipped` can use instead of reading the file, in a form that fits into JSON. */
export function prepare(name: string): Prepared {
  const text = readFileSync(new URL(name, FOLDER), 'utf8');
  const documents = parse(name, text).map(({ value, position: { line = 1, column = 1 } }) => ({
    value,
    line,
    column,
  }));
  return { digest: digestOf(text), documents };
}

const digestOf = (text: string): string => hash('sha256', text, 'base64');

const fileOf = (name: string): string => `policies/${name}`;

function parse(name: string, text: string): readonly SourceDocument[] {
  const { documents, problems } = readDocuments(text, fileOf(name));
  if (problems[0]) throw brokenShipped(problems[0]);
  return documents;
}

/** Places are needed only where something is wrong, and are then looked up in the text. */
function asPrepared(name: string, text: string, { documents }: Prepared): readonly SourceDocument[] {
  let parsed: readonly SourceDocument[] | undefined;
  const whole = (i: number): SourceDocument => {
    parsed ??= parse(name, text);
    return parsed[i] as SourceDocument;
  };
  return documents.map(({ value, line, column }, i) => ({
    value,
    position: { file: fileOf(name), line, column },
    positionOf: path => whole(i).positionOf(path),
    writtenAt: path => whole(i).writtenAt?.(path),
  }));
}

/** An error, as no user can mend such a file. */
export const brokenShipped = ({ position, path, message }: Problem): Error =>
  new Error(`${placeText(position)}: ${path && `${path}: `}${message}`);
