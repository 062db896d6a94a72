import type { Row } from '../data.ts';
import type { Model } from './model.ts';
import { rowElement } from './row.ts';

/** Rows that are there at once: more than a screen has. */
const FIRST = 40;
/** Rows that are added at a time: so few that a key that is pressed meanwhile waits for no more than a frame. */
const STEP = 10;
/** Rows that are added while nobody asks for them; the others come as one scrolls, since each costs something to lay out. */
const AHEAD = 1000;
/** Pixels below the screen from which rows are asked for. */
const NEAR_PX = 3000;
/** Milliseconds of an idle time that are left to the browser. */
const LEFT_MS = 8;

/**
 * Shows rows in one element: those of the first screen at once, more whenever the browser has nothing else to do, and the
 * rest as one comes near the end, so that typing never waits for them.
 */
export class List {
  readonly #holder: HTMLElement;
  readonly #model: Model;
  readonly #elements = new Map<Row, HTMLElement>();
  #rows: readonly Row[] = [];
  #shown = 0;
  /** How many are to be there as soon as there is time. */
  #wanted = 0;

  /** @param end stands behind the rows, and tells that one comes near it */
  constructor(holder: HTMLElement, end: HTMLElement, model: Model) {
    this.#holder = holder;
    this.#model = model;
    const near = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting && this.#shown > 0) this.#want(this.#shown + FIRST);
      },
      { rootMargin: `${NEAR_PX}px` },
    );
    near.observe(end);
  }

  show(rows: readonly Row[]): void {
    this.#rows = rows;
    this.#shown = 0;
    this.#wanted = 0;
    this.#holder.replaceChildren();
    this.#add(FIRST);
    this.#want(AHEAD);
  }

  /** Adds all that is left, for whoever cannot wait: a printer. */
  finish(): void {
    this.#add(this.#rows.length);
  }

  #add(most: number): void {
    const next = this.#rows.slice(this.#shown, this.#shown + most);
    this.#shown += next.length;
    this.#holder.append(...next.map(row => this.#elementOf(row)));
  }

  #want(wanted: number): void {
    const isAtWork = this.#shown < this.#wanted;
    this.#wanted = Math.max(this.#wanted, Math.min(wanted, this.#rows.length));
    if (!isAtWork) this.#soon(this.#rows);
  }

  #soon(rows: readonly Row[]): void {
    if (this.#shown >= this.#wanted) return;
    whenIdle(isTimeLeft => {
      // Something else was asked for in between.
      if (this.#rows !== rows) return;
      do this.#add(STEP);
      while (this.#shown < this.#wanted && isTimeLeft());
      this.#soon(rows);
    });
  }

  #elementOf(row: Row): HTMLElement {
    const known = this.#elements.get(row);
    if (known) return known;
    const made = rowElement(row, this.#model);
    this.#elements.set(row, made);
    return made;
  }
}

/** Safari has no idle time to give. */
function whenIdle(run: (isTimeLeft: () => boolean) => void): void {
  if ('requestIdleCallback' in window)
    window.requestIdleCallback(deadline => run(() => deadline.timeRemaining() > LEFT_MS));
  else setTimeout(() => run(() => false), 0);
}
