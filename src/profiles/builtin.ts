import { readShipped, shippedIn } from '../source/files/shipped.ts';
import type { ProfileTable } from './profile.ts';
import { buildProfileTable } from './table.ts';
import type { SandboxProfile } from './types.gen.ts';

let documents: readonly SandboxProfile[] | undefined;
let table: ProfileTable | undefined;

/**
 * The profiles of `policies/profiles`, read when first called. A test holds them against `sandboxProfileSchema`.
 * @throws Error when a file is missing or cannot be read: the installation is broken
 */
export function builtinProfiles(): readonly SandboxProfile[] {
  documents ??= shippedIn('profiles/')
    .flatMap(name => readShipped(name))
    .map(({ value }) => value as SandboxProfile);
  return documents;
}

/** The table of only the built-in profiles. */
export function builtinProfileTable(): ProfileTable {
  table ??= buildProfileTable([], builtinProfiles()).table;
  return table;
}
