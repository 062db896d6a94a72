import type { Node } from 'yaml';
import { MAX_DEPTH } from './limits.ts';

/** Thrown where a document cannot be read; `readDocuments` turns it into a Problem. */
export class Refused extends Error {
  /** The place in the text. */
  readonly offset: number;
  readonly fix: string;
  constructor(at: Node | number, message: string, fix: string) {
    super(message);
    this.offset = typeof at === 'number' ? at : startOf(at);
    this.fix = fix;
  }
}

/** Thrown where a file holds so much that the rest is not read. */
export class Exhausted extends Refused {
  constructor(at: Node | number, most: number, what: string) {
    super(at, `more than ${most} ${what} in this file; what follows was not read`, 'Split the file.');
  }
}

/** The offset of a node's first character. */
export const startOf = (node: Node): number => node.range?.[0] ?? 0;

export const tooDeep = (at: Node | number): Refused =>
  new Refused(at, `nested more than ${MAX_DEPTH} levels deep`, 'Flatten the document.');
