import type { Ground } from '../decision/ground.ts';
import type { Judged } from './assumed.ts';

/** Everything that something could bear on. */
export interface Seen {
  readonly namespaces: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  readonly handlers: ReadonlySet<string>;
  readonly podLabels: Labels;
  readonly namespaceLabels: Labels;
  /** Names of what bore on something. */
  readonly policies: ReadonlySet<string>;
  readonly exemptions: ReadonlySet<string>;
  /** Whether all of it are services of Compose files. */
  readonly isServices: boolean;
}

/** Values by key. */
export type Labels = ReadonlyMap<string, ReadonlySet<string>>;

/** What a subject was judged against: some run in a cluster, and some by Docker. */
export type GroundOf = (subject: Judged['subject']) => Ground;

export function lookAt(judged: readonly Judged[], groundOf: GroundOf): Seen {
  const grounds = new Set(judged.map(({ subject }) => groundOf(subject)));
  const namespaces = new Set(judged.map(({ subject }) => subject.namespace));
  const classes = [
    ...[...grounds].flatMap(({ view }) => view.runtimeClasses()),
    ...judged.flatMap(({ decision }) => decision.placement),
  ];
  const shipped = [...grounds].flatMap(({ snapshot }) =>
    snapshot.profiles.all.flatMap(({ handlers }) => handlers),
  );
  const named = judged.flatMap(({ subject }) => subject.pod.spec?.runtimeClassName ?? []);
  return {
    namespaces,
    accounts: new Set(judged.map(({ subject }) => subject.pod.spec?.serviceAccountName || 'default')),
    handlers: new Set([
      ...classes.map(({ handler }) => handler),
      ...named.filter(name => shipped.includes(name)),
    ]),
    podLabels: labelsOf(judged.map(({ subject }) => subject.pod.metadata?.labels ?? {})),
    namespaceLabels: labelsOf(
      judged.map(({ subject }) => groundOf(subject).view.namespace(subject.namespace)?.labels ?? {}),
    ),
    policies: new Set(
      judged.flatMap(({ decision }) => [decision.governing, ...decision.others].map(({ policy }) => policy)),
    ),
    exemptions: new Set(judged.flatMap(({ decision }) => decision.exemptions.map(({ name }) => name))),
    isServices: judged.every(({ subject }) => subject.isService === true),
  };
}

function labelsOf(all: readonly Readonly<Record<string, string | null | undefined>>[]): Labels {
  const labels = new Map<string, Set<string>>();
  for (const one of all)
    for (const [key, value] of Object.entries(one))
      labels.set(key, (labels.get(key) ?? new Set()).add(value ?? ''));
  return labels;
}
