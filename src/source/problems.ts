import type { Problem } from './document.ts';
import { MAX_PROBLEMS } from './limits.ts';

type Weight = Pick<Problem, 'severity' | 'leftOut'>;

const AN_ERROR: Weight = { severity: 'error' };

/** The problems of one file: the first ones are reported one by one, the others as a number. */
export class Problems {
  readonly #told: Problem[] = [];
  #untold = 0;
  /** The severity of those that are only counted. */
  #severity: Problem['severity'] = 'warning';
  #leftOut = false;

  /**
   * @param problem makes the problem, and is called only where it is reported
   * @param weight what the problem will say; left out for an error
   */
  add(problem: () => Problem, { severity, leftOut }: Weight = AN_ERROR): void {
    if (this.#told.length < MAX_PROBLEMS) {
      this.#told.push(problem());
      return;
    }
    this.#untold++;
    if (severity === 'error') this.#severity = severity;
    this.#leftOut ||= leftOut === true;
  }

  all(): readonly Problem[] {
    const last = this.#told.at(-1);
    if (!last || this.#untold === 0) return this.#told;
    const message = `and ${this.#untold} more problems in this file`;
    return [
      ...this.#told,
      {
        // However many warnings there are, they hide no error.
        severity: this.#severity,
        ...(this.#leftOut && { leftOut: true }),
        position: last.position,
        path: '',
        message,
        fix: 'Mend those above first.',
      },
    ];
  }
}
