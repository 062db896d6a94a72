import type { Position } from '../document.ts';
import type { Templates } from '../rendered.ts';

/** Where the lines of a text start: four bytes for each, without the text itself. */
export class Lines {
  readonly #file: string;
  readonly #starts: Uint32Array;
  readonly #templates: Templates | undefined;

  /** @param templates the files that the text was made from */
  constructor(text: string, file: string, templates?: Templates) {
    this.#file = file;
    this.#templates = templates;
    this.#starts = new Uint32Array(1 + countOf(text));
    for (let i = 1, at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
      this.#starts[i++] = at + 1;
  }

  /** The position of a character: in the file that it was made from, where there is one. */
  positionAt(offset: number): Position {
    const rendered = this.inText(offset);
    const file = this.#templates?.at(offset);
    return file === undefined ? rendered : { file, rendered };
  }

  /** The position of a character in the text itself. */
  inText(offset: number): Position {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.#file, line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }

  /** The offset of a position in the text itself; undefined where it has no such line. */
  offsetOf({ line = 0, column = 1 }: Position): number | undefined {
    const start = this.#starts[line - 1];
    return start === undefined ? undefined : start + column - 1;
  }
}

function countOf(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
