import { SYSTEM_NAMESPACES } from '../cluster/system.ts';
import type { NamespaceFacts } from '../cluster/view.ts';
import { guardReaches } from '../doctor/guarded.ts';
import type { AdmissionBinding, AdmissionPolicy } from '../doctor/state.ts';
import { isCalledFor, isOwn, type Registration, registrationsOf } from '../doctor/webhooks.ts';
import type { Connection } from '../kube/connect.ts';
import type { ResourceName } from '../kube/resources.ts';
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
 * As the webhooks of a cluster are registered, and its guard is bound, as far as these may be read.
 * @param isStrict whether there is no answer where they may not: what bears on the exit code hangs on them
 */
export async function scopeIn(
  client: Connection,
  named: readonly string[] = [],
  io: CliIo,
  isStrict = false,
): Promise<Scope> {
  const read = (name: ResourceName) => optional(client, name, io, { isStrict });
  return scopeOf(
    {
      registrations: [
        ...registrationsOf(await read('mutating'), 'mutating'),
        ...registrationsOf(await read('validating'), 'validating'),
      ],
      policies: (await read('admissionPolicies')) as readonly AdmissionPolicy[],
      bindings: (await read('admissionBindings')) as readonly AdmissionBinding[],
    },
    named,
  );
}

/** What a cluster has of an installation. */
export interface Installed {
  readonly registrations: readonly Registration[];
  readonly policies: readonly AdmissionPolicy[];
  readonly bindings: readonly AdmissionBinding[];
}

/**
 * By what is registered. With a mode for all, a namespace counts as if it were labelled with that mode. Where nothing is
 * registered, as an installation would have it.
 */
export function scopeOf(
  { registrations, policies, bindings }: Installed,
  named: readonly string[] = [],
): Scope {
  const entries = registrations.filter(entry => isOwn(entry) && isCalledFor(entry, 'CREATE', 'pods'));
  if (entries.length === 0) return scopeWithout(named);
  const guarded = guardReaches(policies, bindings);
  return ({ name, labels }, asked) => {
    if (named.includes(name)) return undefined;
    if (asked === 'off') return asked;
    const seen = asked === 'namespace' ? labels : { ...labels, [MODE_LABEL]: asked };
    const modes = entries.filter(({ reaches }) => reaches(seen)).map(({ mode }) => modeOf(mode));
    if (guarded(seen)) modes.push('enforce');
    if (modes.length === 0) return undefined;
    return asked === 'namespace' ? MODES.findLast(mode => modes.includes(mode)) : asked;
  };
}
