import type { Pod } from '../pod/kube.ts';
import { type PodView, viewPod } from '../pod/view.ts';
import { compileExemption } from '../policy/exemption.ts';
import { MAX_VALUES, MAX_WAIVED } from '../policy/schema/exemption.ts';
import type { SandboxExemption } from '../policy/types.gen.ts';
import type { Finding, SignalId } from '../signals/signal.ts';
import { freeName } from '../source/free-name.ts';
import type { Decision } from './decision.ts';
import { draftedExemption, type ExemptedObject } from './draft-exemption.ts';
import { decideCreation, type Ground } from './ground.ts';

/** What runs: Pods of one workload that are alike. */
export interface Runs {
  readonly pod: Pod;
  readonly namespace: string;
  readonly isWritten: boolean;
  /** The groups of whoever would make it anew. */
  readonly groups: readonly string[];
  /** Whose it is: what the exemption is called by. */
  readonly subject: ExemptedObject;
}

/** An exemption, and what it is for. */
export interface SuggestedExemption<R extends Runs> {
  readonly exemption: SandboxExemption;
  /** What would be rejected without it. */
  readonly runs: readonly R[];
}

export interface Suggestion<R extends Runs> {
  readonly exemptions: readonly SuggestedExemption<R>[];
  /** What becomes of each with these in force, in the order in which they were given. */
  readonly decisions: readonly Decision[];
}

export interface SuggestOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How many days the exemptions are in force. */
  readonly days: number;
}

/** A waiver of one value; of the whole signal where there is none. */
interface Atom {
  readonly match: string;
  readonly signal: SignalId;
  readonly value?: string | number;
}

/** Drafts are made of what is decided with those of before; hardly anything needs a second. */
const MOST_ROUNDS = 4;

/**
 * The narrowest exemptions with which nothing that runs would be rejected, as far as exemptions can do that: one for each
 * namespace, service account and set of images, of the fewest signals and values. Taking away any value that one waives would
 * have something rejected that is not. Pure.
 */
export function suggestExemptions<R extends Runs>(
  all: readonly R[],
  ground: Ground,
  { now, days }: SuggestOptions,
): Suggestion<R> {
  const court = new Court(all, ground, now);
  const drafts = new Map<string, SandboxExemption>();
  let atoms: readonly Atom[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const drafted = court
      .rejected(atoms, drafts)
      .flatMap(
        ({ runs, decision }) => draftedExemption(decision, runs.subject, runs.pod, now, [], days) ?? [],
      );
    const more = withDrafts(atoms, drafted, drafts);
    if (more.length === atoms.length) break;
    atoms = more;
  }
  const needed = withoutNeedless(atoms, drafts, court);
  return { exemptions: exemptionsOf(needed, drafts, court), decisions: court.decisions(needed, drafts) };
}

/** What is waived with these drafts besides. @param drafts by what they match, to which the first of each is added */
function withDrafts(
  atoms: readonly Atom[],
  drafted: readonly SandboxExemption[],
  drafts: Map<string, SandboxExemption>,
): readonly Atom[] {
  const all = new Map(atoms.map(atom => [keyOf(atom), atom]));
  for (const draft of drafted) {
    const match = JSON.stringify(draft.spec.match);
    if (!drafts.has(match)) drafts.set(match, draft);
    for (const atom of atomsOf(match, draft)) if (!all.has(keyOf(atom))) all.set(keyOf(atom), atom);
  }
  return [...all.values()];
}

const keyOf = ({ match, signal, value }: Atom): string => JSON.stringify([match, signal, value ?? null]);

const atomsOf = (match: string, { spec }: SandboxExemption): readonly Atom[] =>
  spec.waive.flatMap(({ signal, values }): readonly Atom[] =>
    values ? values.map(value => ({ match, signal, value })) : [{ match, signal }],
  );

/** What runs with what was found in it. */
interface Found<R extends Runs> {
  readonly runs: R;
  readonly findings: readonly Finding[];
  readonly view: PodView;
}

/** What runs, decided with some waivers in force. */
class Court<R extends Runs> {
  readonly #all: readonly R[];
  readonly #ground: Ground;
  readonly #now: number;
  readonly #before: readonly Decision[];
  readonly #byNamespace: ReadonlyMap<string, readonly Found<R>[]>;

  constructor(all: readonly R[], ground: Ground, now: number) {
    this.#all = all;
    this.#ground = ground;
    this.#now = now;
    this.#before = all.map(runs => this.#decide(runs, ground));
    this.#byNamespace = Map.groupBy(
      all.map((runs, i) => ({
        runs,
        findings: this.#before[i]?.findings ?? [],
        view: viewPod(runs.pod, runs.namespace),
      })),
      ({ runs }) => runs.namespace,
    );
  }

  /** Names that exemptions have already. */
  get names(): readonly string[] {
    return this.#ground.snapshot.exemptions.map(({ name }) => name);
  }

  decisions(atoms: readonly Atom[], drafts: ReadonlyMap<string, SandboxExemption>): readonly Decision[] {
    const byNamespace = Map.groupBy(atoms, ({ match }) => namespaceOf(match));
    const grounds = new Map(
      Array.from(byNamespace, ([namespace, some]) => [namespace, this.#with(some, drafts)] as const),
    );
    return this.#all.map((runs, i) => {
      const ground = grounds.get(runs.namespace);
      return ground ? this.#decide(runs, ground) : (this.#before[i] as Decision);
    });
  }

  rejected(atoms: readonly Atom[], drafts: ReadonlyMap<string, SandboxExemption>) {
    return this.decisions(atoms, drafts).flatMap((decision, i) =>
      decision.verdict === 'reject' ? [{ runs: this.#all[i] as R, decision }] : [],
    );
  }

  /**
   * Those of one namespace that are rejected: what is waived in another says nothing of them.
   * @param touched only those that one of these bears on are decided
   */
  rejectedIn(
    namespace: string,
    atoms: readonly Atom[],
    drafts: ReadonlyMap<string, SandboxExemption>,
    touched: readonly Atom[],
  ): readonly R[] {
    const ground = this.#with(atoms, drafts);
    return this.#touchedBy(namespace, touched, drafts).filter(
      runs => this.#decide(runs, ground).verdict === 'reject',
    );
  }

  /** Those with a finding that one of these waives: nothing else hangs on whether they are in force. */
  #touchedBy(
    namespace: string,
    atoms: readonly Atom[],
    drafts: ReadonlyMap<string, SandboxExemption>,
  ): readonly R[] {
    const exemptions = assembled(atoms, drafts).map(compileExemption);
    return (this.#byNamespace.get(namespace) ?? []).flatMap(({ runs, findings, view }) =>
      exemptions.some(one => one.covers(view) && findings.some(finding => one.waives(finding, view)))
        ? [runs]
        : [],
    );
  }

  #decide(runs: R, ground: Ground): Decision {
    return decideCreation(runs, ground, this.#now, runs.groups);
  }

  #with(atoms: readonly Atom[], drafts: ReadonlyMap<string, SandboxExemption>): Ground {
    const { snapshot, view } = this.#ground;
    const some = assembled(atoms, drafts).map(compileExemption);
    return { view, snapshot: { ...snapshot, exemptions: [...snapshot.exemptions, ...some] } };
  }
}

const namespaceOf = (match: string): string => JSON.parse(match).namespaces[0];

/** Each is tried without, one after the other: as waiving is for one namespace, so is what hangs on it. */
function withoutNeedless<R extends Runs>(
  atoms: readonly Atom[],
  drafts: ReadonlyMap<string, SandboxExemption>,
  court: Court<R>,
): readonly Atom[] {
  return [...Map.groupBy(atoms, ({ match }) => namespaceOf(match))].flatMap(([namespace, some]) =>
    // The last first: what a later draft asks for, an earlier one may ask for, too.
    some.toReversed().reduce<readonly Atom[]>((left, atom) => {
      const fewer = left.filter(one => one !== atom);
      const anyway = new Set(court.rejectedIn(namespace, left, drafts, [atom]));
      const without = court.rejectedIn(namespace, fewer, drafts, [atom]);
      return without.every(runs => anyway.has(runs)) ? fewer : left;
    }, some),
  );
}

/** One exemption for each match, and more where one cannot hold all that is waived. */
function assembled(
  atoms: readonly Atom[],
  drafts: ReadonlyMap<string, SandboxExemption>,
): readonly SandboxExemption[] {
  return [...Map.groupBy(atoms, ({ match }) => match)].flatMap(([match, some]) => {
    const draft = drafts.get(match);
    const entries = [...Map.groupBy(some, ({ signal }) => signal)].flatMap(([signal, of]) => {
      const values = of.flatMap(({ value }) => (value === undefined ? [] : [value]));
      // Where the signal is waived as a whole for one of them, it is for all that match.
      if (values.length < of.length) return [{ signal }];
      return inParts(values, MAX_VALUES).map(part => ({ signal, values: part }));
    });
    if (!draft) return [];
    return inParts(entries, MAX_WAIVED).map(waive => ({ ...draft, spec: { ...draft.spec, waive } }));
  });
}

function exemptionsOf<R extends Runs>(
  atoms: readonly Atom[],
  drafts: ReadonlyMap<string, SandboxExemption>,
  court: Court<R>,
): readonly SuggestedExemption<R>[] {
  const taken = [...court.names];
  const byNamespace = Map.groupBy(atoms, ({ match }) => namespaceOf(match));
  return assembled(atoms, drafts).map(one => {
    const namespace = one.spec.match.namespaces[0] ?? '';
    const match = JSON.stringify(one.spec.match);
    const all = byNamespace.get(namespace) ?? [];
    const touched = all.filter(atom => atom.match === match);
    const name = freeName(one.metadata.name, taken);
    taken.push(name);
    const without = court.rejectedIn(
      namespace,
      all.filter(atom => atom.match !== match),
      drafts,
      touched,
    );
    const hopeless = new Set(court.rejectedIn(namespace, all, drafts, touched));
    return {
      exemption: { ...one, metadata: { ...one.metadata, name } },
      runs: without.filter(runs => !hopeless.has(runs)),
    };
  });
}

const inParts = <T>(list: readonly T[], most: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / most) }, (_, i) => list.slice(i * most, (i + 1) * most));
