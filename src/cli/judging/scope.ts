import { SYSTEM_NAMESPACES } from '../../cluster/system.ts';
import { guardReaches } from '../../doctor/guarded.ts';
import type { AdmissionBinding, AdmissionPolicy } from '../../doctor/state.ts';
import { isCalledFor, isOwn, type Registration } from '../../doctor/webhooks.ts';
import { MODE_LABEL } from '../../pod/labels.ts';
import { MODES, type Mode, modeOf } from '../../pod/mode.ts';
import type { NamespaceFacts } from '../../pod/namespace.ts';

/** One mode for all namespaces, or each namespace's own. */
export type ReviewMode = Mode | 'namespace';

/**
 * The mode in which Pods of a namespace are judged; undefined where the API server asks nobody about them.
 * @param asked one mode for all, or `namespace` for each namespace's own
 */
export type Scope = (namespace: NamespaceFacts, asked: ReviewMode) => Mode | undefined;

/**
 * The scope of an installation: without the namespaces that it always leaves out, and those it is told to (the chart's
 * `excludedNamespaces`).
 */
export function scopeWithout(named: readonly string[] = []): Scope {
  const excluded = new Set([...SYSTEM_NAMESPACES, ...named]);
  return ({ name, labels }, asked) => {
    if (excluded.has(name)) return undefined;
    // A namespace without the label counts as one that enforces, as a reviewer wants the strict answer.
    return asked === 'namespace' ? modeOf(labels[MODE_LABEL]) : asked;
  };
}

/** The parts of an installation that a cluster has. */
export interface Installed {
  readonly registrations: readonly Registration[];
  readonly policies: readonly AdmissionPolicy[];
  readonly bindings: readonly AdmissionBinding[];
}

/**
 * The scope by what is registered. With one mode for all, a namespace counts as if it were labelled with that mode. Where
 * nothing is registered, the scope is that of an installation.
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
