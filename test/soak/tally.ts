/** An answer that must never be given, whatever is broken: a Pod stored without its sandbox, or a wrong verdict. */
export class WrongAnswer extends Error {}

/** The outcomes of all requests. */
export class Tally {
  readonly wrong: string[] = [];
  readonly lost: string[] = [];
  /** The answers and finished steps, counted by kind. */
  readonly #done = new Map<string, number>();
  readonly #excused = new Map<string, number>();

  done(what: string): void {
    this.#done.set(what, (this.#done.get(what) ?? 0) + 1);
  }

  /**
   * @param excused whether the target had just been killed
   * @param which of those that are counted as one
   */
  failed(what: string, error: unknown, excused: boolean, which?: string): void {
    const told = `${which ? `${what}, ${which}` : what}: ${error instanceof Error ? error.message : String(error)}`;
    if (error instanceof WrongAnswer) this.wrong.push(told);
    else if (excused) this.#excused.set(what, (this.#excused.get(what) ?? 0) + 1);
    else this.lost.push(told);
  }

  timesDone(what: string): number {
    return this.#done.get(what) ?? 0;
  }

  /** A line for each kind of step. */
  lines(): readonly string[] {
    return [...this.#done].map(([what, count]) => {
      const excused = this.#excused.get(what) ?? 0;
      return `${what}: ${count}${excused > 0 ? `, and ${excused} lost to what was killed` : ''}`;
    });
  }
}
