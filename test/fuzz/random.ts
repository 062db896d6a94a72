/**
 * Random choices that a seed repeats. They are fast, as millions are made: fast-check's arbitraries, which shrink by
 * themselves, take some twenty times as long for a Pod.
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The choices of one input, which do not depend on the choices of the inputs before it. */
  static of(seed: number, turn: number): Random {
    return new Random(mix(mix(seed) ^ turn));
  }

  /** A number from 0 on, below 1. (Mulberry32, a permutation of 32 bits; public domain.) */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    return mix(this.#state) / 2 ** 32;
  }

  /** A whole number from 0 to `below - 1`. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** True in one of so many cases. */
  oneIn(many: number): boolean {
    return this.below(many) === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** A number of things, at most `most`, more often small. */
  few(most: number): number {
    return Math.floor(this.next() ** 2 * (most + 1));
  }
}

function mix(value: number): number {
  let bits = Math.imul(value ^ (value >>> 15), value | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return (bits ^ (bits >>> 14)) >>> 0;
}
