import { SYSTEM_NAMESPACES } from '../cluster/system.ts';
import type { NamespaceFacts } from '../cluster/view.ts';
import { guardReaches } from '../doctor/guarded.ts';
import type { AdmissionBinding, AdmissionPolicy } from '../doctor/state.ts';
import { isCalledFor, isOwn, type Registration, registrationsOf } from '../doctor/webhooks.ts';
import type { Connection } from '../kube/connect.ts';
import type { KubeObject } from '../kube/object.ts';
import { MODE_LABEL } from '../pod/labels.ts';
import { MODES, type Mode, modeOf } from '../pod/mode.ts';
import type { CliIo } from './io.ts';
import type { ReviewMode } from './reviewed.ts';
import { optional } from './running.ts';

/**
 * The mode in which Pods of a namespace are judged; undefined where the API server asks nobody about them.
 * @param asked one mode for all, or `namespace`: each its own
 */
export type Scope = (namespace: NamespaceFacts, asked: ReviewMode) => Mode | undefined;

/** What an installation leaves out by itself, and what it is told to (the chart's `excludedNamespaces`). */
export function scopeWithout(named: readonly string[] = []): Scope {
  const excluded = new Set([...SYSTEM_NAMESPACES, ...named]);
  return ({ name, labels }, asked) => {
    if (excluded.has(name)) return undefined;
    // A namespace without the label is taken to be one that enforces: whoever reviews wants the strict answer.
    return asked === 'namespace' ? modeOf(labels[MODE_LABEL]) : asked;
  };
}

/**
 * As the webhooks of a cluster are registered, and its guard is bound. Where neither is there, or they may not be read,
 * as an installation would have it.
 */
export async function scopeIn(client: Connection, named: readonly string[] = [], io: CliIo): Promise<Scope> {
  const without = scopeWithout(named);
  const registrations = [
    ...registrationsOf(await optional(client, 'mutating', io), 'mutating'),
    ...registrationsOf(await optional(client, 'validating', io), 'validating'),
  ];
  const entries = registrations.filter(entry => isOwn(entry) && isCalledFor(entry, 'CREATE', 'pods'));
  if (entries.length === 0) return without;
  const guarded = guardReaches(
    (await optional(client, 'admissionPolicies', io)) as readonly (KubeObject & AdmissionPolicy)[],
    (await optional(client, 'admissionBindings', io)) as readonly (KubeObject & AdmissionBinding)[],
  );
  return scopeOf(entries, guarded, new Set(named));
}

/** By what is registered. With a mode for all, a namespace counts as if it were labelled with that mode. */
export function scopeOf(
  entries: readonly Pick<Registration, 'mode' | 'reaches'>[],
  guarded: Registration['reaches'],
  excluded: ReadonlySet<string>,
): Scope {
  return ({ name, labels }, asked) => {
    if (excluded.has(name)) return undefined;
    if (asked === 'off') return asked;
    const seen = asked === 'namespace' ? labels : { ...labels, [MODE_LABEL]: asked };
    const modes = entries.filter(({ reaches }) => reaches(seen)).map(({ mode }) => modeOf(mode));
    if (guarded(seen)) modes.push('enforce');
    if (modes.length === 0) return undefined;
    return asked === 'namespace' ? MODES.findLast(mode => modes.includes(mode)) : asked;
  };
}
