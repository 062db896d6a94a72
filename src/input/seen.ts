import type { Ground } from '../decision/ground.ts';
import type { Judged } from './assumed.ts';

/** Everything that a policy, an exemption or a profile could affect. */
export interface Seen {
  readonly namespaces: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  readonly handlers: ReadonlySet<string>;
  readonly podLabels: Labels;
  readonly namespaceLabels: Labels;
  /** The names of those that affected something. */
  readonly policies: ReadonlySet<string>;
  readonly exemptions: ReadonlySet<string>;
  /** Whether everything is a service of a Compose file. */
  readonly isServices: boolean;
}

/** The values by key. */
export type Labels = ReadonlyMap<string, ReadonlySet<string>>;

/** The ground of a subject: some run in a cluster, and some in Docker. */
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
