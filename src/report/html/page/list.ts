import type { Row } from '../data.ts';
import type { Model } from './model.ts';
import { rowElement } from './row.ts';

/** How many rows are added at once: more than fit on a screen. */
const FIRST = 40;
/** How many rows are added at a time: so few that a key that is pressed meanwhile waits for at most a frame. */
const STEP = 10;
/** How many rows are added before anybody scrolls to them, since each costs some layout. */
const AHEAD = 1000;
/** The distance below the screen at which more rows are added, in pixels. */
const NEAR_PX = 3000;
/** How many milliseconds of an idle period are left to the browser. */
const LEFT_MS = 8;

/**
 * Shows rows in one element: those of the first screen at once, more whenever the browser is idle, and the rest as the reader
 * comes near the end, so that typing never waits for them.
 */
export class List {
  readonly #holder: HTMLElement;
  readonly #model: Model;
  readonly #elements = new Map<Row, HTMLElement>();
  #rows: readonly Row[] = [];
  #shown = 0;
  /** How many rows should be there as soon as there is time. */
  #wanted = 0;

  /** @param end an element after the rows, which shows when the reader comes near it */
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

  /** Adds all remaining rows, for whatever cannot wait, such as a printer. */
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
      // Other rows were asked for in between.
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

/** Runs a function when the browser is idle; Safari does not report that. */
function whenIdle(run: (isTimeLeft: () => boolean) => void): void {
  if ('requestIdleCallback' in window)
    window.requestIdleCallback(deadline => run(() => deadline.timeRemaining() > LEFT_MS));
  else setTimeout(() => run(() => false), 0);
}
