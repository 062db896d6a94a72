import type { CompiledExemption, CompiledPolicy, Snapshot } from '../policy/policy.ts';
import type { LabelSelector } from '../policy/selector.ts';
import type { Position, SourceDocument } from '../source/document.ts';
import { nearest } from '../source/nearest.ts';
import type { Keys } from '../source/path.ts';
import { valueAt } from '../source/path.ts';
import type { Judged } from './assumed.ts';
import { type GroundOf, type Labels, lookAt, type Seen } from './seen.ts';

/** What a policy, exemption or profile names, and nothing that was judged has. */
export interface Missing {
  readonly what: 'namespace' | 'label' | 'service account' | 'finding' | 'handler' | 'object';
  /** The word as it is written; empty where there is none. */
  readonly word: string;
  /** What was probably meant. */
  readonly meant?: string;
  readonly position: Position;
}

/** A policy, exemption or profile that affected nothing that was judged. */
export interface Unused extends Missing {
  /** `Kind/name` or `Kind/namespace/name` */
  readonly id: string;
  /** Set where only services of Compose files were judged. */
  readonly isOfServices?: true;
}

/**
 * Those of these that affected nothing, and why.
 * @param given by `Kind/name` or `Kind/namespace/name`
 * @param now milliseconds since the epoch; expired ones are reported elsewhere
 */
export function unusedOf(
  given: ReadonlyMap<string, SourceDocument>,
  judged: readonly Judged[],
  groundOf: GroundOf,
  { policies, exemptions }: Snapshot,
  now: number,
): readonly Unused[] {
  if (judged.length === 0 || given.size === 0) return [];
  const seen = lookAt(judged, groundOf);
  return [...given].flatMap(([id, document]) => {
    const [kind = '', ...names] = id.split('/');
    const name = names.join('/');
    const missing =
      kind === 'SandboxExemption'
        ? ofExemption(
            exemptions.find(one => one.name === name),
            document,
            seen,
            now,
          )
        : kind === 'SandboxProfile'
          ? ofProfile(document, seen)
          : ofPolicy(
              policies.find(one => idOf(one) === name),
              document,
              seen,
            );
    return missing ? [{ id, ...missing, ...(seen.isServices && { isOfServices: true as const }) }] : [];
  });
}

const idOf = ({ name, namespace }: CompiledPolicy): string =>
  namespace === undefined ? name : `${namespace}/${name}`;

function ofExemption(
  exemption: CompiledExemption | undefined,
  document: SourceDocument,
  seen: Seen,
  now: number,
): Missing | undefined {
  if (!exemption || exemption.expires <= now || seen.exemptions.has(exemption.name)) return undefined;
  const { namespaces, serviceAccounts, podSelector } = exemption.scope;
  const match = (...keys: Keys): Position => document.positionOf(['spec', 'match', ...keys]);
  return (
    absent('namespace', namespaces, seen.namespaces, i => match('namespaces', i)) ??
    (serviceAccounts &&
      absent('service account', serviceAccounts, seen.accounts, i => match('serviceAccounts', i))) ??
    absentLabel(podSelector, seen.podLabels, match('podSelector')) ?? {
      what: 'finding',
      word: '',
      position: document.positionOf(['spec', 'waive']),
    }
  );
}

function ofPolicy(
  policy: CompiledPolicy | undefined,
  document: SourceDocument,
  seen: Seen,
): Missing | undefined {
  if (!policy || seen.policies.has(idOf(policy))) return undefined;
  const { namespace, selectors } = policy;
  const match = document.positionOf(['spec', 'match']);
  return (
    (namespace === undefined
      ? undefined
      : absent('namespace', [namespace], seen.namespaces, () =>
          document.positionOf(['metadata', 'namespace']),
        )) ??
    absentLabel(selectors.namespace, seen.namespaceLabels, match) ??
    absentLabel(selectors.pod, seen.podLabels, match) ?? { what: 'object', word: '', position: match }
  );
}

function ofProfile(document: SourceDocument, { handlers }: Seen): Missing | undefined {
  const own = valueAt(document.value, ['spec', 'handlers']);
  // A profile without handlers is there to be extended.
  if (!Array.isArray(own) || own.length === 0) return undefined;
  return absent('handler', own.map(String), handlers, i => document.positionOf(['spec', 'handlers', i]));
}

/** The word that was most probably mistyped, or the first, where none of them exists. */
function absent(
  what: Missing['what'],
  words: readonly string[],
  there: ReadonlySet<string>,
  positionOf: (index: number) => Position,
): Missing | undefined {
  if (words.length === 0 || words.some(word => there.has(word))) return undefined;
  const all = words.map((word, i) => ({ what, word, ...meantBy(word, there), position: positionOf(i) }));
  return all.find(one => 'meant' in one) ?? all[0];
}

/** One of the required labels that does not exist anywhere. */
function absentLabel(
  selector: LabelSelector | undefined,
  there: Labels,
  position: Position,
): Missing | undefined {
  const wanted: readonly (readonly [string, readonly string[]])[] = [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => [key, [value]] as const),
    ...(selector?.matchExpressions ?? [])
      .filter(({ operator }) => operator === 'In' || operator === 'Exists')
      .map(({ key, values = [] }) => [key, values] as const),
  ];
  for (const [key, values] of wanted) {
    const known = there.get(key);
    if (!known) return { what: 'label', word: key, ...meantBy(key, new Set(there.keys())), position };
    const missing = absent('label', values, known, () => position);
    if (!missing) continue;
    const { word, meant } = missing;
    return {
      ...missing,
      word: `${key}=${word}`,
      ...(meant !== undefined && { meant: `${key}=${meant}` }),
    };
  }
  return undefined;
}

/** The word that was probably meant. `team-1` is no misspelling of `team-2`. */
function meantBy(word: string, there: ReadonlySet<string>): { readonly meant?: string } {
  const bare = (text: string): string => text.replaceAll(/\d+/g, '');
  const meant = nearest(
    word,
    [...there].filter(one => bare(one) !== bare(word)),
  );
  return meant === undefined ? {} : { meant };
}
