const SPACE = 0x20;

/** Goes through the lines of a text; fields are offsets. */
export class LineCursor {
  readonly text: string;
  line: number;
  /** The end of the line, without what ends it. */
  end: number;
  /** Where the next line starts. */
  next: number;
  /** How many were entered. */
  lines = 0;

  /** @param from where the first line starts, which is not entered yet */
  constructor(text: string, from: number) {
    this.text = text;
    this.line = this.end = this.next = from;
  }

  /** @returns false where there is no other line */
  enter(): boolean {
    if (this.next >= this.text.length) return false;
    this.lines++;
    this.line = this.next;
    const end = this.text.indexOf('\n', this.line);
    this.end = end < 0 ? this.text.length : end;
    this.next = this.end + 1;
    return true;
  }

  /** Where something stands in the line, from its start or from an offset on; its end where nothing does. */
  pastSpaces(from = this.line): number {
    let at = from;
    while (this.text.charCodeAt(at) === SPACE) at++;
    return at;
  }

  /** Whether a sticky pattern matches at an offset; its `lastIndex` is then behind it. */
  matches(pattern: RegExp, at: number): boolean {
    pattern.lastIndex = at;
    return pattern.test(this.text);
  }
}
