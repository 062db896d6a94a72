import { readShipped, shippedIn } from '../source/shipped.ts';
import type { ProfileTable } from './profile.ts';
import type { ProfileDocument } from './schema.ts';
import { buildProfileTable } from './table.ts';

let documents: readonly ProfileDocument[] | undefined;
let table: ProfileTable | undefined;

/**
 * The profiles of `policies/profiles`, read when first called. A test holds them against `sandboxProfileSchema`.
 * @throws Error when a file is missing or cannot be read: the installation is broken
 */
export function builtinProfiles(): readonly ProfileDocument[] {
  documents ??= shippedIn('profiles/')
    .flatMap(readShipped)
    .map(({ value }) => value as ProfileDocument);
  return documents;
}

/** The table of the built-in profiles alone. */
export function builtinProfileTable(): ProfileTable {
  table ??= buildProfileTable([], builtinProfiles()).table;
  return table;
}
