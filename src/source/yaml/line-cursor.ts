const SPACE = 0x20;

/** Moves through the lines of a text; its fields are offsets. */
export class LineCursor {
  readonly text: string;
  line: number;
  /** The end of the line, without its line break. */
  end: number;
  /** Where the next line starts. */
  next: number;
  /** How many lines were entered. */
  lines = 0;

  /** @param from where the first line starts, which is not entered yet */
  constructor(text: string, from: number) {
    this.text = text;
    this.line = this.end = this.next = from;
  }

  /**
   * Enters the next line.
   * @returns false where there is none
   */
  enter(): boolean {
    if (this.next >= this.text.length) return false;
    this.lines++;
    this.line = this.next;
    const end = this.text.indexOf('\n', this.line);
    this.end = end < 0 ? this.text.length : end;
    this.next = this.end + 1;
    return true;
  }

  /** The first character of the line that is no space, from its start or from an offset; the line's end where there is none. */
  pastSpaces(from = this.line): number {
    let at = from;
    while (this.text.charCodeAt(at) === SPACE) at++;
    return at;
  }

  /** Whether a sticky pattern matches at an offset; its `lastIndex` is then after the match. */
  matches(pattern: RegExp, at: number): boolean {
    pattern.lastIndex = at;
    return pattern.test(this.text);
  }
}
