import type { Ground } from '../decision/ground.ts';
import type { Judged } from './assumed.ts';

/** What there was to bear on. */
export interface Seen {
  readonly namespaces: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  readonly handlers: ReadonlySet<string>;
  readonly podLabels: Labels;
  readonly namespaceLabels: Labels;
  /** Names of what bore on something. */
  readonly policies: ReadonlySet<string>;
  readonly exemptions: ReadonlySet<string>;
}

/** Values by key. */
export type Labels = ReadonlyMap<string, ReadonlySet<string>>;

export function lookAt(judged: readonly Judged[], { view, snapshot }: Ground): Seen {
  const namespaces = new Set(judged.map(({ subject }) => subject.namespace));
  const classes = [...view.runtimeClasses(), ...judged.flatMap(({ decision }) => decision.placement)];
  const shipped = snapshot.profiles.all.flatMap(({ handlers }) => handlers);
  const named = judged.flatMap(({ subject }) => subject.pod.spec?.runtimeClassName ?? []);
  return {
    namespaces,
    accounts: new Set(judged.map(({ subject }) => subject.pod.spec?.serviceAccountName || 'default')),
    handlers: new Set([
      ...classes.map(({ handler }) => handler),
      ...named.filter(name => shipped.includes(name)),
    ]),
    podLabels: labelsOf(judged.map(({ subject }) => subject.pod.metadata?.labels ?? {})),
    namespaceLabels: labelsOf([...namespaces].map(name => view.namespace(name)?.labels ?? {})),
    policies: new Set(
      judged.flatMap(({ decision }) => [decision.governing, ...decision.others].map(({ policy }) => policy)),
    ),
    exemptions: new Set(judged.flatMap(({ decision }) => decision.exemptions.map(({ name }) => name))),
  };
}

function labelsOf(all: readonly Readonly<Record<string, string | null | undefined>>[]): Labels {
  const labels = new Map<string, Set<string>>();
  for (const one of all)
    for (const [key, value] of Object.entries(one))
      labels.set(key, (labels.get(key) ?? new Set()).add(value ?? ''));
  return labels;
}
