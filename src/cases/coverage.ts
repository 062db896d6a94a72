import type { Assessment, Decision } from '../decision/decision.ts';
import type { CompiledExemption, CompiledPolicy, Snapshot } from '../policy/policy.ts';

/** One rule, value of a label, tier, or waived signal. */
export interface Part {
  readonly what: 'rule' | 'label' | 'tier' | 'signal';
  /** `risk=high` for a label, `70` for a tier. */
  readonly name: string;
}

/** The parts of a policy or an exemption that some case has shown to count, and those that none has. */
export interface Coverage {
  /** Such as `ClusterSandboxPolicy/edge`, as sources name it. */
  readonly id: string;
  readonly shown: readonly Part[];
  readonly missing: readonly Part[];
}

/** A part of the object with this id. */
interface PartOf extends Part {
  readonly id: string;
}

/** Collects what cases have shown. */
export class Coverages {
  readonly #all = new Map<string, PartOf>();
  readonly #shown = new Set<string>();

  /**
   * Expects these to be shown. If no case reaches a policy, all of its parts are reported.
   * @param given the policies and exemptions that the cases are about, as `Kind/name` or `Kind/namespace/name`
   */
  expect({ policies, exemptions }: Snapshot, given: ReadonlySet<string>): void {
    const parts = [...policies.flatMap(ofPolicy), ...exemptions.flatMap(ofExemption)];
    for (const part of parts) if (given.has(part.id)) this.#all.set(keyOf(part), part);
  }

  count(decision: Decision): void {
    for (const part of shownBy(decision)) this.#shown.add(keyOf(part));
  }

  all(): readonly Coverage[] {
    return [...Map.groupBy(this.#all.values(), ({ id }) => id)].map(([id, parts]) => ({
      id,
      shown: parts.filter(part => this.#shown.has(keyOf(part))),
      missing: parts.filter(part => !this.#shown.has(keyOf(part))),
    }));
  }
}

const keyOf = ({ id, what, name }: PartOf): string => JSON.stringify([id, what, name]);

/** @param policy its name, preceded by its namespace where it has one */
const policyId = (policy: string): string =>
  policy.includes('/') ? `SandboxPolicy/${policy}` : `ClusterSandboxPolicy/${policy}`;

function ofPolicy({ name, namespace, rules, labels, tiers }: CompiledPolicy): readonly PartOf[] {
  const id = policyId(namespace === undefined ? name : `${namespace}/${name}`);
  return [
    ...rules.map(rule => ({ id, what: 'rule' as const, name: rule.name })),
    ...labels.flatMap(({ key, weights }) =>
      [...weights.keys()].map(value => ({ id, what: 'label' as const, name: `${key}=${value}` })),
    ),
    ...tiers.map(({ atLeast }) => ({ id, what: 'tier' as const, name: String(atLeast) })),
  ];
}

const ofExemption = ({ name, scope }: CompiledExemption): readonly PartOf[] =>
  [...scope.values.keys()].map(signal => ({ id: `SandboxExemption/${name}`, what: 'signal', name: signal }));

const shownBy = ({ governing, others, exemptions }: Decision): readonly PartOf[] => [
  ...[governing, ...others].flatMap(shownOfPolicy),
  ...exemptions.flatMap(({ name, signals }) =>
    signals.map(signal => ({ id: `SandboxExemption/${name}`, what: 'signal' as const, name: signal })),
  ),
];

function shownOfPolicy({ policy, contributions, floors }: Assessment): readonly PartOf[] {
  const id = policyId(policy);
  const rules = contributions.filter(({ kind }) => kind === 'rule');
  // A contribution with a note has a value that the policy does not list.
  const labels = contributions.filter(({ kind, note }) => kind === 'label' && note === undefined);
  const tiers = floors.filter(({ because }) => because === 'tier');
  return [
    ...rules.map(one => ({ id, what: 'rule' as const, name: one.id })),
    ...labels.map(one => ({ id, what: 'label' as const, name: `${one.id}=${one.value}` })),
    ...tiers.map(one => ({ id, what: 'tier' as const, name: one.id })),
  ];
}
