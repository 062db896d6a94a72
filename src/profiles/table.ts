import type { Problem, SourceDocument } from '../source/document.ts';
import { type Flaw, toProblem } from '../source/flaw.ts';
import type { Profile, ProfileTable } from './profile.ts';
import { resolveProfile } from './resolve.ts';
import type { SandboxProfile } from './types.gen.ts';

/** The built-in profile of handlers for which nobody vouches. */
const HOST = 'host';

type ByName = ReadonlyMap<string, SandboxProfile>;
/** The names of the SandboxProfiles that list a handler, by handler. */
type Claims = ReadonlyMap<string, readonly string[]>;

/**
 * The table that decisions look handlers up in.
 *
 * A handler that a SandboxProfile lists is no longer what a built-in profile says of it, even where that SandboxProfile
 * is broken: falling back to the built-in could loosen what its author meant to tighten, so such a handler counts as
 * host-kernel until the profile is mended.
 * @param documents SandboxProfiles that fit `sandboxProfileSchema`
 * @param builtin the built-in ones; a flaw in them is thrown, since no user can mend it
 */
export function buildProfileTable(
  documents: readonly SourceDocument[],
  builtin: readonly SandboxProfile[],
): { readonly table: ProfileTable; readonly problems: readonly Problem[] } {
  const shippedByName = byName(builtin);
  const shipped = shippedProfiles(builtin, shippedByName);
  const host = shipped.find(profile => profile.id === HOST);
  if (!host) throw new Error(`there is no built-in profile ${HOST}`);

  const own = documents.map(source => source.value as SandboxProfile);
  const ownByName = byName(own);
  const claims = claimsOf(own);
  const problems: Problem[] = [];
  const profiles: Profile[] = [];
  documents.forEach((source, i) => {
    const document = own[i] as SandboxProfile;
    const { profile, flaws } = resolveProfile(document, (name, child) =>
      // A built-in profile refers only to built-in ones, and so does one of the same name that extends it.
      shippedByName.get(child.metadata.name) === child || name === child.metadata.name
        ? shippedByName.get(name)
        : (ownByName.get(name) ?? shippedByName.get(name)),
    );
    const all = [...flaws, ...flawsAmong(document, ownByName, claims)];
    problems.push(...all.map(flaw => toProblem(flaw, source, `SandboxProfile/${document.metadata.name}`)));
    if (profile && all.length === 0) profiles.push(profile);
  });
  return { table: tableOf([...profiles, ...shipped.flatMap(one => unclaimed(one, claims))], host), problems };
}

const byName = (documents: readonly SandboxProfile[]): ByName =>
  new Map(documents.map(document => [document.metadata.name, document]));

/** The built-in documents never change while the process lives, and each load of policies needs them. */
const resolved = new WeakMap<readonly SandboxProfile[], readonly Profile[]>();

function shippedProfiles(builtin: readonly SandboxProfile[], shipped: ByName): readonly Profile[] {
  const profiles = resolved.get(builtin) ?? builtin.flatMap(document => resolveShipped(document, shipped));
  resolved.set(builtin, profiles);
  return profiles;
}

function resolveShipped(document: SandboxProfile, shipped: ByName): readonly Profile[] {
  const { profile, flaws } = resolveProfile(document, name => shipped.get(name));
  if (flaws[0]) throw new Error(`built-in profile ${document.metadata.name}: ${flaws[0].message}`);
  return profile ? [profile] : [];
}

function claimsOf(documents: readonly SandboxProfile[]): Claims {
  const claims = new Map<string, string[]>();
  for (const { metadata, spec } of documents) {
    for (const handler of spec.handlers ?? []) {
      claims.set(handler, [...(claims.get(handler) ?? []), metadata.name]);
    }
  }
  return claims;
}

/** The flaws of two profiles that claim the same name or handler: neither is believed, as their order means nothing. */
function flawsAmong(document: SandboxProfile, own: ByName, claims: Claims): readonly Flaw[] {
  const { name } = document.metadata;
  const contested = (document.spec.handlers ?? []).flatMap((handler, i): readonly Flaw[] => {
    const names = claims.get(handler) ?? [];
    if (names.length < 2) return [];
    const message = `handler ${handler} is listed ${names.length} times: in ${names.join(', ')}`;
    return [{ path: ['spec', 'handlers', i], message, fix: 'List a handler once, in one SandboxProfile.' }];
  });
  if (own.get(name) === document) return contested;
  const message = `there is another SandboxProfile ${name}`;
  return [...contested, { path: ['metadata', 'name'], message, fix: 'Give each its own name.' }];
}

/** The built-in profile without the handlers that SandboxProfiles list; nothing where these list all of them. */
function unclaimed(profile: Profile, claims: Claims): readonly Profile[] {
  const handlers = profile.handlers.filter(handler => !claims.has(handler));
  if (handlers.length === profile.handlers.length) return [profile];
  return handlers.length === 0 && profile.id !== HOST ? [] : [Object.freeze({ ...profile, handlers })];
}

function tableOf(all: readonly Profile[], host: Profile): ProfileTable {
  const byHandler = new Map(all.flatMap(profile => profile.handlers.map(handler => [handler, profile])));
  return Object.freeze({ forHandler: (handler: string) => byHandler.get(handler) ?? host, all });
}
