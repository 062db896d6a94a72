import { killApiServer, startControl } from '../scale/control.ts';
import type { Fleet } from './fleet.ts';
import type { Fault } from './plan.ts';

/** How long calls may still fail after a fault, while the API server comes up and opens connections anew. */
const AFTERMATH_MS = 5_000;

/** The replica that is killed again and again. */
export const MORTAL = 'b';

/** Kills and restarts components, and remembers when. */
export class Faults {
  #underWay = false;
  #ended = Number.NEGATIVE_INFINITY;

  /** Resolves when the killed component runs again. */
  async cause(what: Fault['what'], fleet: Fleet): Promise<void> {
    this.#underWay = true;
    try {
      if (what === 'replica') {
        fleet.kill(MORTAL);
        await fleet.start(MORTAL);
      } else {
        await killApiServer();
        await startControl();
      }
    } finally {
      this.#underWay = false;
      this.#ended = performance.now();
    }
  }

  /** Whether a fault or its aftermath took place at some time since then (`performance.now`). */
  touched(begin: number): boolean {
    return this.#underWay || this.#ended + AFTERMATH_MS > begin;
  }
}
