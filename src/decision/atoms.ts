import { compileExemption } from '../policy/exemption.ts';
import type { CompiledExemption } from '../policy/policy.ts';
import { MAX_VALUES, MAX_WAIVED } from '../policy/schema/exemption.ts';
import type { SandboxExemption } from '../policy/types.gen.ts';
import type { SignalId } from '../signals/signal.ts';

/** A waiver of one value, or of the whole signal where there is no value. */
export interface Atom {
  /** The first draft with this match, which provides the rest of an exemption. */
  readonly draft: SandboxExemption;
  /** Its match, as a text that can be compared. */
  readonly match: string;
  readonly signal: SignalId;
  readonly value?: string | number;
}

export const namespaceOf = ({ draft }: Pick<Atom, 'draft'>): string => draft.spec.match.namespaces[0] ?? '';

/** Everything that drafts want to waive, each once. */
export class Atoms {
  readonly #drafts = new Map<string, SandboxExemption>();
  readonly #known = new Set<string>();

  /**
   * Adds these drafts.
   * @returns the atoms that are new
   */
  add(drafts: readonly SandboxExemption[]): readonly Atom[] {
    return drafts.flatMap(draft => {
      const match = JSON.stringify(draft.spec.match);
      const first = this.#drafts.get(match) ?? draft;
      this.#drafts.set(match, first);
      return atomsOf(draft, { draft: first, match }).filter(atom => this.#isNew(atom));
    });
  }

  #isNew({ match, signal, value }: Atom): boolean {
    const key = JSON.stringify([match, signal, value ?? null]);
    const isNew = !this.#known.has(key);
    this.#known.add(key);
    return isNew;
  }
}

const atomsOf = ({ spec }: SandboxExemption, of: Pick<Atom, 'draft' | 'match'>): readonly Atom[] =>
  spec.waive.flatMap(({ signal, values }): readonly Atom[] =>
    values ? values.map(value => ({ ...of, signal, value })) : [{ ...of, signal }],
  );

/** One exemption for each match, and more where one cannot hold all that is waived. */
export const assembled = (atoms: readonly Atom[]): readonly SandboxExemption[] =>
  [...Map.groupBy(atoms, ({ match }) => match).values()].flatMap(exemptionsOf);

/** @param some atoms with one match */
function exemptionsOf(some: readonly Atom[]): readonly SandboxExemption[] {
  const entries = [...Map.groupBy(some, ({ signal }) => signal)].flatMap(([signal, of]) => {
    const values = of.flatMap(({ value }) => (value === undefined ? [] : [value]));
    // Where the whole signal is waived for one of them, it is waived for all that match.
    if (values.length < of.length) return [{ signal }];
    return inParts(values, MAX_VALUES).map(part => ({ signal, values: part }));
  });
  return inParts(entries, MAX_WAIVED).flatMap(waive =>
    some.slice(0, 1).map(({ draft }) => ({ ...draft, spec: { ...draft.spec, waive } })),
  );
}

/** The same exemptions, in the form that decisions take. */
export const compiled = (atoms: readonly Atom[]): readonly CompiledExemption[] =>
  assembled(atoms).map(compileExemption);

const inParts = <T>(list: readonly T[], most: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / most) }, (_, i) => list.slice(i * most, (i + 1) * most));
