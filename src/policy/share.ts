import { type Isolation, isIsolation, strongest } from '../profiles/isolation.ts';
import type { Problem, SourceDocument } from '../source/document.ts';
import { API_VERSION } from '../source/group.ts';
import { isMap } from '../source/mapping.ts';
import { DEFAULT_TIERS } from './schema/scoring.ts';

/*
Those who may write SandboxPolicies in one namespace write into the memory of every replica: compiled CEL takes up to 70 times
as much as its text, so an expression counts three times. Each namespace has a share, and so have all of them together. The
policies of a namespace beyond its share are not read, and that namespace alone fails closed.
*/

/**
 * The SandboxPolicies of one namespace: one of the largest that any version allowed, which stays in force, or a hundred plain
 * ones.
 */
export const SHARE = { policies: 100, bytes: 160 * 1024 } as const;
/** The room for all namespaces together, which is as much as the guard has. */
const ROOM = { policies: 5000, bytes: 1024 * 1024 } as const;

/** What SandboxPolicies take: their specs and last good specs, as JSON. */
export interface Load {
  readonly policies: number;
  readonly bytes: number;
}

export const isOver = ({ policies, bytes }: Load): boolean =>
  policies > SHARE.policies || bytes > SHARE.bytes;
export const isOverRoom = ({ policies, bytes }: Load): boolean =>
  policies > ROOM.policies || bytes > ROOM.bytes;

/**
 * The part of the room that is taken, by count or by bytes, whichever is more. By bytes alone, fifty namespaces with a hundred
 * empty policies each would keep out all namespaces with more bytes and a single policy.
 */
export const partOf = ({ policies, bytes }: Load): number =>
  Math.max(policies / ROOM.policies, bytes / ROOM.bytes);

/** The namespaces whose policies are read: those within their share, the smallest first, as long as there is room. */
export function namespacesRead(loads: ReadonlyMap<string, Load>): ReadonlySet<string> {
  const sorted = [...loads]
    .filter(([, load]) => !isOver(load))
    .sort(([a, one], [b, other]) => partOf(one) - partOf(other) || (a < b ? -1 : 1));
  const read = new Set<string>();
  const sum = { policies: 0, bytes: 0 };
  for (const [namespace, { policies, bytes }] of sorted) {
    sum.policies += policies;
    sum.bytes += bytes;
    if (isOverRoom(sum)) break;
    read.add(namespace);
  }
  return read;
}

/** The size of specs as JSON, with the expressions of their rules three times. */
export const bytesOf = (specs: readonly unknown[]): number =>
  specs.reduce<number>((sum, spec) => sum + jsonBytes(spec) + 2 * jsonBytes(expressionsIn(spec)), 0);

const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

function expressionsIn(spec: unknown): readonly unknown[] {
  const scoring = isMap(spec) ? spec.scoring : undefined;
  const rules = isMap(scoring) && Array.isArray(scoring.rules) ? scoring.rules : [];
  return rules.map(rule => (isMap(rule) ? rule.expression : undefined));
}

/**
 * The most that a policy with this spec can require, whatever the Pod; for a spec that cannot be understood, the strongest
 * isolation.
 */
export function mostAsked(spec: unknown): Isolation {
  if (!isMap(spec)) return 'confidential-vm';
  const { minimumIsolation = 'host-kernel', tiers = DEFAULT_TIERS } = spec;
  if (!Array.isArray(tiers)) return 'confidential-vm';
  const asked = [minimumIsolation, ...tiers.map(tier => (isMap(tier) ? tier.isolation : undefined))];
  return asked.reduce<Isolation>(
    (most, one) => strongest(most, isIsolation(one) ? one : 'confidential-vm'),
    'host-kernel',
  );
}

/** What is in force in place of a namespace's policies that are not read: it requires the most that they could. */
export function standIn(namespace: string, most: Isolation): SourceDocument {
  const position = { file: `SandboxPolicy/${namespace}` };
  const metadata = { name: 'more-than-its-share', namespace };
  const value = {
    apiVersion: API_VERSION,
    kind: 'SandboxPolicy',
    metadata,
    spec: { minimumIsolation: most },
  };
  return { value, position, positionOf: () => position, standing: 'accepted' };
}

/** Reports it, once for each namespace. */
export const notRead = (namespace: string, most: Isolation): Problem => ({
  severity: 'error',
  position: { file: `SandboxPolicy/${namespace}` },
  path: '',
  ...whyNotRead(most),
});

/** The same words, for the author of each policy. */
export const whyNotRead = (most: Isolation): { readonly message: string; readonly fix: string } => ({
  message: `the SandboxPolicies of this namespace are more than its share of ${SHARE.policies}, or of ${SHARE.bytes / 1024} KiB together, or than there is room for: none of them is in force, and every Pod here needs ${most}, the most that they ask for`,
  fix: 'Shorten these policies, or merge some of them.',
});
