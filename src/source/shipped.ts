import { readdirSync, readFileSync } from 'node:fs';
import { type Problem, placeText, type SourceDocument } from './document.ts';
import { readDocuments } from './yaml.ts';

/** `policies/`, which comes with the program. */
const FOLDER = new URL('../../policies/', import.meta.url);

/** The YAML files of a folder such as `profiles/`, by name. */
export const shippedIn = (folder: string): readonly string[] =>
  readdirSync(new URL(folder, FOLDER))
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .map(name => `${folder}${name}`);

/**
 * The documents of a file such as `strict.yaml`.
 * @throws Error when it is missing or cannot be read: the installation is broken
 */
export function readShipped(name: string): readonly SourceDocument[] {
  const file = `policies/${name}`;
  const { documents, problems } = readDocuments(readFileSync(new URL(name, FOLDER), 'utf8'), file);
  if (problems[0]) throw brokenShipped(problems[0]);
  return documents;
}

/** No user can mend it. */
export const brokenShipped = ({ position, path, message }: Problem): Error =>
  new Error(`${placeText(position)}: ${path && `${path}: `}${message}`);
