import { type ContainerView, type PodView, viewPod } from '../pod/view.ts';
import { fullRepository } from '../policy/image.ts';
import type { CompiledExemption } from '../policy/policy.ts';
import type { Finding, SignalId } from '../signals/signal.ts';
import { type Atom, compiled } from './atoms.ts';
import { holdersOf } from './draft-exemption.ts';
import type { Runs } from './runs.ts';

/**
 * Findings that the same atoms waive, whoever has them: those with one namespace, service account, signal, value and set of
 * images.
 */
export interface Alike {
  /** One of these findings, which shows what waives them. */
  readonly finding: Finding;
  readonly view: PodView;
  /** The runs that have one, as places in the list of all. */
  readonly runs: readonly number[];
  /** The atoms in force that waive them. */
  readonly waivedBy: ReadonlySet<Atom>;
}

interface Filling extends Alike {
  readonly runs: number[];
  readonly waivedBy: Set<Atom>;
  /** The repositories of its images. */
  readonly images: readonly string[];
}

/**
 * Which atom waives which finding, computed once. Nothing is compared with everything: an atom is looked up by what it names,
 * and findings that it cannot tell apart are one.
 */
export class Coverage {
  readonly #byRun: Filling[][];
  readonly #rarity: ReadonlyMap<string, number>;
  /** For each signal, the findings that no atom has been looked up for yet: most signals are never waived. */
  readonly #unnamed: Map<SignalId, readonly Filling[]>;
  readonly #byName = new Map<string, Filling[]>();
  readonly #byAtom = new Map<Atom, readonly Filling[]>();

  /** @param findings the findings of each run, none of them waived yet */
  constructor(all: readonly Runs[], findings: (run: number) => readonly Finding[]) {
    const views = all.map(({ pod, namespace }) => viewPod(pod, namespace));
    this.#rarity = countsOf(views);
    const known = new Map<string, Filling>();
    this.#byRun = views.map((view, run) => {
      const own = new Set(
        findings(run).map(finding => {
          const images = imagesOf(finding, view);
          const key = JSON.stringify([...nameOf(finding, view), images]);
          const alike = known.get(key) ?? { finding, view, runs: [], waivedBy: new Set(), images };
          known.set(key, alike);
          return alike;
        }),
      );
      for (const { runs } of own) runs.push(run);
      return [...own];
    });
    this.#unnamed = Map.groupBy(known.values(), ({ finding }) => finding.signal);
  }

  /** The findings of one of the runs. */
  of(run: number): readonly Alike[] {
    return this.#byRun[run] ?? [];
  }

  /** The findings that an atom in force waives. */
  by(atom: Atom): readonly Alike[] {
    return this.#byAtom.get(atom) ?? [];
  }

  /**
   * Puts an atom in force.
   * @returns the findings that nothing has waived before
   */
  add(atom: Atom): readonly Alike[] {
    const some = compiled([atom]).flatMap(exemption => this.#waivedBy(exemption));
    const first = some.filter(({ waivedBy }) => waivedBy.size === 0);
    for (const { waivedBy } of some) waivedBy.add(atom);
    this.#byAtom.set(atom, some);
    return first;
  }

  remove(atom: Atom): void {
    for (const { waivedBy } of this.#byAtom.get(atom) ?? []) waivedBy.delete(atom);
    this.#byAtom.delete(atom);
  }

  #waivedBy(exemption: CompiledExemption): readonly Filling[] {
    const { namespaces, serviceAccounts = [ANY], images, values } = exemption.scope;
    for (const signal of values.keys()) this.#name(signal);
    const repositories = images?.map(image => fullRepository(image) ?? image) ?? [ANY];
    const names = namespaces.flatMap(namespace =>
      [...values].flatMap(([signal, some]) =>
        (some === 'all' ? [ANY] : [...some]).flatMap(value =>
          serviceAccounts.flatMap(account =>
            repositories.map(image => JSON.stringify([namespace, signal, account, value, image])),
          ),
        ),
      ),
    );
    const candidates = new Set(names.flatMap(name => this.#byName.get(name) ?? []));
    return [...candidates].filter(
      ({ finding, view }) => exemption.covers(view) && exemption.waives(finding, view),
    );
  }

  #name(signal: SignalId): void {
    for (const alike of this.#unnamed.get(signal) ?? []) this.#nameOne(alike);
    this.#unnamed.delete(signal);
  }

  /**
   * Files a finding under what an atom that waives it would name: its value or none, its account or none, and its images, the
   * rarest among them, or none.
   */
  #nameOne(alike: Filling): void {
    const [namespace, signal, account, value] = nameOf(alike.finding, alike.view);
    const rarity = this.#rarity;
    const rarest = alike.images.reduce<string | null>(
      (least, image) =>
        least !== null && numberOf(least, rarity) <= numberOf(image, rarity) ? least : image,
      ANY,
    );
    for (const byAccount of new Set([account, ANY])) {
      for (const byValue of new Set([value, ANY])) {
        for (const byImage of new Set([rarest, ANY])) {
          const name = JSON.stringify([namespace, signal, byAccount, byValue, byImage]);
          const list = this.#byName.get(name);
          if (list) list.push(alike);
          else this.#byName.set(name, [alike]);
        }
      }
    }
  }
}

/** A key that stands for all values. */
const ANY = null;

const nameOf = (
  { signal, value }: Finding,
  { namespace, serviceAccount }: PodView,
): readonly [string, string, string, string | null] => [
  namespace,
  signal,
  serviceAccount,
  value === undefined ? ANY : String(value),
];

/** The repositories of the containers that it is in, each once: an exemption has to name all of them, or none. */
const imagesOf = (finding: Finding, { containers }: PodView): readonly string[] =>
  [...new Set(holdersOf(finding, containers).map(repositoryIn))].toSorted();

const repositoryIn = ({ image }: ContainerView): string => fullRepository(image) ?? image;

/** How many Pods have an image from each repository. */
function countsOf(views: readonly PodView[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { containers } of views) {
    for (const image of new Set(containers.map(repositoryIn))) counts.set(image, numberOf(image, counts) + 1);
  }
  return counts;
}

const numberOf = (image: string, counts: ReadonlyMap<string, number>): number => counts.get(image) ?? 0;
