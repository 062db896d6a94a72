import { ESCAPE_BYTES, type ReviewScan } from './scan.ts';

/** The size of the blocks that hold a text; one block is a small part of the room. */
const BLOCK_BYTES = 256 * 1024;
/** How many blocks are kept for the next text: memory outside of the heap is freed late, as the collector sees little of it. */
const MOST_FREE_BLOCKS = 16;
const free: Buffer[] = [];

/** The shorter JSON of a body that is being scanned. */
export class Text {
  readonly #scan: ReviewScan;
  #blocks: Buffer[] = [];
  /** Bytes of each block but the last. */
  #lengths: number[] = [];
  /** The end of the text in the last block. */
  #end = 0;
  #length = 0;

  constructor(scan: ReviewScan) {
    this.#scan = scan;
  }

  /** The bytes of memory that it holds. */
  get held(): number {
    return this.#blocks.length * BLOCK_BYTES;
  }

  /**
   * @param piece at most half a block
   * @returns how long the text is now
   */
  take(piece: Buffer): number {
    const block = this.#blockFor(piece.length);
    const end = this.#scan.feed(piece, block, this.#end);
    this.#length += end - this.#end;
    this.#end = end;
    return this.#length;
  }

  /** Makes a copy, so that nothing is left in a block that goes to another text. */
  whole(): Buffer {
    const lengths = [...this.#lengths, this.#end];
    return Buffer.concat(this.#blocks.map((block, i) => block.subarray(0, lengths[i])));
  }

  drop(): void {
    free.push(...this.#blocks.slice(0, Math.max(0, MOST_FREE_BLOCKS - free.length)));
    this.#blocks = [];
    this.#lengths = [];
    this.#end = 0;
    this.#length = 0;
  }

  #blockFor(bytes: number): Buffer {
    const last = this.#blocks.at(-1);
    if (last && this.#end + bytes <= BLOCK_BYTES) return last;
    const next = free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#blocks.push(next);
    if (!last) return next;
    // An escape that has begun is finished where its beginning can still be written over.
    const from = this.#end - ESCAPE_BYTES;
    last.copy(next, 0, from, this.#end);
    this.#lengths.push(from);
    this.#end = ESCAPE_BYTES;
    return next;
  }
}
