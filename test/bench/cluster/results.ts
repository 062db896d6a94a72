import { median } from '../load.ts';
import type { Creations } from './creations.ts';
import type { Life } from './life.ts';
import type { ControlName } from './options.ts';
import type { PodKind } from './pods.ts';

/** Everything that was measured in a row while one control admitted Pods, or none did. */
export interface Block {
  readonly creations: readonly (Creations & { readonly kind: PodKind; readonly clients: number })[];
  readonly lives: readonly (Life & { readonly kind: PodKind })[];
}

/** One control in one round. */
export interface Measured extends Block {
  readonly round: number;
  readonly control: ControlName;
  /** The same without any admission, measured just before, as a busy machine is a different one a minute later. */
  readonly before: Block;
}

/** A figure of one round, or the median of all; undefined where the control was not measured. */
export type Figure = (round?: number) => number | undefined;

/** The figures of a run, by name. What a control adds is computed in each round, before the median is taken. */
export class Results {
  readonly all: readonly Measured[];

  constructor(all: readonly Measured[]) {
    this.all = all;
  }

  creation(control: ControlName, kind: PodKind, clients: number, field: keyof Creations): Figure {
    return this.#figure(control, measured => creationOf(measured, kind, clients, field));
  }

  /** What a creation takes more under this control than under none just before. */
  creationMore(control: ControlName, kind: PodKind, clients: number, field: keyof Creations): Figure {
    return this.#figure(control, measured =>
      difference(
        creationOf(measured, kind, clients, field),
        creationOf(measured.before, kind, clients, field),
      ),
    );
  }

  life(control: ControlName, kind: PodKind, field: keyof Life): Figure {
    return this.#figure(control, measured => lifeOf(measured, kind, field));
  }

  /** What a life takes more under this control than under none just before. */
  lifeMore(control: ControlName, kind: PodKind, field: keyof Life): Figure {
    return this.#figure(control, measured =>
      difference(lifeOf(measured, kind, field), lifeOf(measured.before, kind, field)),
    );
  }

  /** The lowest and the highest of the rounds' figures. */
  range(figure: Figure): readonly [number, number] | undefined {
    const rounds = new Set(this.all.map(({ round }) => round));
    const values = [...rounds].flatMap(round => figure(round) ?? []);
    return values.length === 0 ? undefined : [Math.min(...values), Math.max(...values)];
  }

  #figure(control: ControlName, of: (measured: Measured) => number | undefined): Figure {
    const rounds = this.all.filter(measured => measured.control === control);
    return round => {
      const wanted = round === undefined ? rounds : rounds.filter(measured => measured.round === round);
      const values = wanted.flatMap(measured => of(measured) ?? []);
      return values.length === 0 ? undefined : median(values);
    };
  }
}

const creationOf = ({ creations }: Block, kind: PodKind, clients: number, field: keyof Creations) =>
  creations.find(run => run.kind === kind && run.clients === clients)?.[field];

const lifeOf = ({ lives }: Block, kind: PodKind, field: keyof Life) =>
  lives.find(life => life.kind === kind)?.[field];

const difference = (value: number | undefined, less: number | undefined): number | undefined =>
  value === undefined || less === undefined ? undefined : value - less;

/**
 * Of the medians, not the median of ratios: what is added is small, and one round's noise would decide. Undefined where
 * noise left nothing to compare with.
 */
export const ratio =
  (figure: Figure, to: Figure): Figure =>
  round => {
    const [value, control] = [figure(round), to(round)];
    return value === undefined || control === undefined || control <= 0 ? undefined : value / control;
  };
