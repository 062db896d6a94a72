import { readdirSync, readFileSync } from 'node:fs';
import { readDocuments } from '../source/yaml.ts';
import type { ProfileTable } from './profile.ts';
import type { ProfileDocument } from './schema.ts';
import { buildProfileTable } from './table.ts';

const FOLDER = new URL('../../policies/profiles/', import.meta.url);

let documents: readonly ProfileDocument[] | undefined;
let table: ProfileTable | undefined;

/**
 * The profiles of `policies/profiles`, read when first called. A test holds them against `sandboxProfileSchema`.
 * @throws Error when a file is missing or cannot be read: the installation is broken
 */
export function builtinProfiles(): readonly ProfileDocument[] {
  documents ??= readdirSync(FOLDER)
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .flatMap(readFile);
  return documents;
}

/** The table of the built-in profiles alone. */
export function builtinProfileTable(): ProfileTable {
  table ??= buildProfileTable([], builtinProfiles()).table;
  return table;
}

function readFile(name: string): readonly ProfileDocument[] {
  const file = `policies/profiles/${name}`;
  const read = readDocuments(readFileSync(new URL(name, FOLDER), 'utf8'), file);
  const problem = read.problems[0];
  if (problem) throw new Error(`${file}:${problem.position.line}: ${problem.message}`);
  return read.documents.map(document => document.value as ProfileDocument);
}
