import { SIGNALS } from '../signals/index.ts';
import { classifyResource } from '../signals/resource-names.ts';
import type { SignalId } from '../signals/signal.ts';
import type { Flaw } from '../source/flaw.ts';
import { circle, flawsOfTotality, noParent, ownFlaws } from './flaws.ts';
import { unservedOf } from './not-served.ts';
import type { NodeSettings, Profile, SupportWord } from './profile.ts';
import type { SandboxProfile } from './types.gen.ts';

/** Finds the profile that `extends` of `child` names; undefined when there is none. */
export type FindParent = (name: string, child: SandboxProfile) => SandboxProfile | undefined;

/** An entry that a profile has itself: `extends` is not followed yet. */
type Entry = NonNullable<SandboxProfile['spec']['signals']>[string];
/** A word that holds only for handlers with these node settings; without `when` it holds for the rest. */
type SupportCase = NonNullable<Entry['cases']>[number];

/**
 * Follows `extends` and settles conditions on node settings. Pure.
 * @returns the complete profile, or every flaw that prevents it; neither for a flawless profile without handlers, which exists
 *   for others to extend
 */
export function resolveProfile(
  document: SandboxProfile,
  findParent: FindParent,
): { readonly profile?: Profile; readonly flaws: readonly Flaw[] } {
  const { chain, flaw } = lineage(document, findParent);
  const { handlers = [], retired, node, title } = document.spec;
  const settings = { privilegedWithoutHostDevices: node?.privilegedWithoutHostDevices ?? false };
  const flaws = [...ownFlaws(document)];
  if (flaw) return { flaws: [...flaws, flaw] };
  if (handlers.length === 0 && retired === undefined) return { flaws };

  const { isolation, ...why } = isolationOf(chain);
  const signals = wordsOf(chain, settings);
  flaws.push(...flawsOfTotality(isolation, signals));
  if (flaws.length > 0 || isolation === undefined) return { flaws };
  const id = document.metadata.name;
  const os = firstOf(chain, ancestor => ancestor.spec.os) ?? 'linux';
  const kept = { id, title: title ?? id, handlers, isolation, ...why, os, node: settings };
  const profile = { ...kept, signals, resources: resourcesOf(chain) };
  return { profile: Object.freeze(retired === undefined ? profile : { ...profile, retired }), flaws };
}

interface Lineage {
  /** The document and its ancestors, nearest first, as far as they can be followed. */
  readonly chain: readonly SandboxProfile[];
  readonly flaw?: Flaw;
}

function lineage(
  document: SandboxProfile,
  findParent: FindParent,
  below: readonly SandboxProfile[] = [],
): Lineage {
  const chain = [...below, document];
  const name = document.spec.extends;
  if (name === undefined) return { chain };
  const parent = findParent(name, document);
  if (!parent) return { chain, flaw: noParent(name, document) };
  if (chain.includes(parent)) return { chain, flaw: circle([...chain, parent]) };
  return lineage(parent, findParent, chain);
}

function firstOf<T>(
  chain: readonly SandboxProfile[],
  read: (document: SandboxProfile) => T | undefined,
): T | undefined {
  for (const document of chain) {
    const found = read(document);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The isolation. A reason belongs to the isolation beside it, and is dropped where that is overridden. */
function isolationOf(
  chain: readonly SandboxProfile[],
): Pick<SandboxProfile['spec'], 'isolation' | 'isolationReason' | 'isolationSource'> {
  const said = chain.find(({ spec }) => spec.isolation !== undefined)?.spec ?? {};
  const { isolation, isolationReason, isolationSource } = said;
  return {
    ...(isolation !== undefined && { isolation }),
    ...(isolationReason !== undefined && { isolationReason }),
    ...(isolationSource !== undefined && { isolationSource }),
  };
}

function wordsOf(
  chain: readonly SandboxProfile[],
  settings: NodeSettings,
): ReadonlyMap<SignalId, SupportWord> {
  const words = new Map<SignalId, SupportWord>();
  for (const { id } of SIGNALS) {
    const entry = firstOf(chain, document => ownEntry(document, id));
    const word = entry && settle(entry, settings);
    if (word) words.set(id, word);
  }
  return words;
}

/** A nearer profile that has a word for the signal speaks for all of its resources, even those that a farther one names. */
function resourcesOf(chain: readonly SandboxProfile[]): ReadonlyMap<string, SupportWord> {
  const words = new Map<string, SupportWord>();
  const spokenOf = new Set<SignalId>();
  for (const { spec } of chain) {
    for (const [name, { support, reason, source }] of Object.entries(spec.resources ?? {})) {
      if (words.has(name) || spokenOf.has(classifyResource(name) ?? '')) continue;
      words.set(name, Object.freeze({ support, reason, source }));
    }
    for (const id of Object.keys(spec.signals ?? {})) spokenOf.add(id);
  }
  return words;
}

function ownEntry(document: SandboxProfile, id: SignalId): Entry | undefined {
  const { signals = {} } = document.spec;
  return Object.hasOwn(signals, id) ? signals[id] : undefined;
}

function settle(entry: Entry, settings: NodeSettings): SupportWord | undefined {
  // The schema allows it one word, or cases.
  const word = entry.cases ? entry.cases.find(one => holds(one, settings)) : (entry as SupportCase);
  if (!word) return undefined;
  const { support, reason, source, notServed } = word;
  return Object.freeze({ support, reason, source, ...(notServed && { notServed: unservedOf(notServed) }) });
}

function holds({ when }: SupportCase, settings: NodeSettings): boolean {
  const asked = when?.privilegedWithoutHostDevices;
  return asked === undefined || asked === settings.privilegedWithoutHostDevices;
}
