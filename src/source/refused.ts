import type { Node } from 'yaml';

/** More than any real manifest nests. The parser itself is recursive, and gives up some thousand levels deep. */
export const MAX_DEPTH = 200;

/** Thrown where a document cannot be taken; `readDocuments` turns it into a Problem. */
export class Refused extends Error {
  /** Where in the text. */
  readonly offset: number;
  readonly fix: string;
  constructor(at: Node | number, message: string, fix: string) {
    super(message);
    this.offset = typeof at === 'number' ? at : startOf(at);
    this.fix = fix;
  }
}

/** Offset of a node's first character. */
export const startOf = (node: Node): number => node.range?.[0] ?? 0;

export const tooDeep = (at: Node | number): Refused =>
  new Refused(at, `nested more than ${MAX_DEPTH} levels deep`, 'Flatten the document.');
