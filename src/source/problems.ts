import type { Problem } from './document.ts';
import { MAX_PROBLEMS } from './limits.ts';

/** The problems of one file: the first of them one by one, the others as a number. */
export class Problems {
  readonly #told: Problem[] = [];
  #untold = 0;

  /** @param problem made only where it is told */
  add(problem: () => Problem): void {
    if (this.#told.length < MAX_PROBLEMS) this.#told.push(problem());
    else this.#untold++;
  }

  all(): readonly Problem[] {
    const last = this.#told.at(-1);
    if (!last || this.#untold === 0) return this.#told;
    const message = `and ${this.#untold} more problems in this file`;
    const { severity, position } = last;
    return [...this.#told, { severity, position, path: '', message, fix: 'Mend those above first.' }];
  }
}
