import { viewPod } from '../pod/view.ts';
import { compileExemption } from '../policy/exemption.ts';
import type { CompiledExemption } from '../policy/policy.ts';
import type { SandboxExemption } from '../policy/types.gen.ts';
import { type Atom, compiled } from './atoms.ts';
import { type Alike, Coverage } from './coverage.ts';
import type { Decision } from './decision.ts';
import { exemptionsFor } from './exemption-index.ts';
import { decideCreation, type Ground } from './ground.ts';
import type { Runs } from './runs.ts';

interface Judged<R extends Runs> {
  readonly runs: R;
  readonly decision: Decision;
}

/**
 * What runs, decided with some atoms in force. For each run, only the atoms that waive one of its findings count, and it is
 * decided again only when one of its findings becomes waived or no longer is. So it is decided at most as often as it has
 * findings, however many others run.
 */
export class Court<R extends Runs> {
  readonly #all: readonly R[];
  readonly #ground: Ground;
  readonly #now: number;
  readonly #decided: () => void;
  /** The exemptions of the ground that may waive something of each. */
  readonly #inForce: readonly (readonly CompiledExemption[])[];
  readonly #decisions: Decision[];
  readonly #coverage: Coverage;

  /** @param decided called for each decision */
  constructor(all: readonly R[], ground: Ground, now: number, decided: () => void) {
    this.#all = all;
    this.#ground = ground;
    this.#now = now;
    this.#decided = decided;
    this.#inForce = all.map(({ pod, namespace }) =>
      exemptionsFor(ground.snapshot.exemptions, viewPod(pod, namespace)),
    );
    this.#decisions = all.map((_, run) => this.#decideBy(run, []));
    this.#coverage = new Coverage(all, run =>
      this.#decision(run).findings.filter(({ waivedBy }) => waivedBy === undefined),
    );
  }

  get rejected(): readonly Judged<R>[] {
    return this.#decisions.flatMap((decision, run) => {
      const runs = this.#all[run];
      return runs && decision.verdict === 'reject' ? [{ runs, decision }] : [];
    });
  }

  /** Puts atoms in force. */
  enforce(atoms: readonly Atom[]): void {
    for (const run of runsOf(atoms.flatMap(atom => this.#coverage.add(atom)))) {
      this.#decisions[run] = this.#decide(run, NONE);
    }
  }

  /**
   * Takes an atom out of force, unless something would then be rejected.
   * @returns whether it is out of force now
   */
  dismiss(atom: Atom): boolean {
    const without: [number, Decision][] = [];
    for (const run of this.#heldBy([atom])) {
      const decision = this.#decide(run, new Set([atom]));
      if (this.#isHarmed(run, decision)) return false;
      without.push([run, decision]);
    }
    this.#coverage.remove(atom);
    for (const [run, decision] of without) this.#decisions[run] = decision;
    return true;
  }

  /**
   * The decisions with these exemptions in force, which are made of the atoms in force: exemptions may have other names than
   * drafts, and the draft that let something in may be needless beside another.
   */
  decidedWith(exemptions: readonly SandboxExemption[]): readonly Decision[] {
    const suggested = exemptions.map(compileExemption);
    return this.#decisions.map((decision, run) => {
      if (this.#coverage.of(run).every(({ waivedBy }) => waivedBy.size === 0)) return decision;
      const { pod, namespace } = this.#all[run] as R;
      return this.#decideWith(run, exemptionsFor(suggested, viewPod(pod, namespace)));
    });
  }

  /** What is rejected without these atoms, and not rejected with them. */
  savedBy(atoms: readonly Atom[]): readonly R[] {
    const without = new Set(atoms);
    return this.#heldBy(atoms)
      .filter(run => this.#isHarmed(run, this.#decide(run, without)))
      .map(run => this.#all[run] as R);
  }

  #isHarmed(run: number, without: Decision): boolean {
    return without.verdict === 'reject' && this.#decision(run).verdict !== 'reject';
  }

  /** What has a finding that only these of the atoms in force waive, in order. */
  #heldBy(atoms: readonly Atom[]): readonly number[] {
    const those = new Set(atoms);
    const isHeld = ({ waivedBy }: Alike): boolean => firstBeside(those, waivedBy) === undefined;
    return runsOf(atoms.flatMap(atom => this.#coverage.by(atom)).filter(isHeld));
  }

  /** @param without atoms to assume out of force */
  #decide(run: number, without: ReadonlySet<Atom>): Decision {
    // One atom for each finding is enough: what counts is whether it is waived, not by how many.
    const own = this.#coverage.of(run).flatMap(({ waivedBy }) => firstBeside(without, waivedBy) ?? []);
    return this.#decideBy(run, [...new Set(own)]);
  }

  #decideBy(run: number, atoms: readonly Atom[]): Decision {
    return this.#decideWith(run, compiled(atoms));
  }

  #decideWith(run: number, more: readonly CompiledExemption[]): Decision {
    const runs = this.#all[run] as R;
    this.#decided();
    const { snapshot, view } = this.#ground;
    const exemptions = [...(this.#inForce[run] ?? []), ...more];
    return decideCreation(runs, { view, snapshot: { ...snapshot, exemptions } }, this.#now, runs.groups);
  }

  #decision(run: number): Decision {
    return this.#decisions[run] as Decision;
  }
}

const NONE: ReadonlySet<Atom> = new Set();

/** The first of some that is not among others. Most often it is the very first. */
function firstBeside(without: ReadonlySet<Atom>, some: ReadonlySet<Atom>): Atom | undefined {
  for (const atom of some) if (!without.has(atom)) return atom;
  return undefined;
}

/** The runs that have any of these findings, each once, in order. */
const runsOf = (some: readonly Alike[]): readonly number[] =>
  [...new Set(some.flatMap(({ runs }) => runs))].toSorted((a, b) => a - b);
