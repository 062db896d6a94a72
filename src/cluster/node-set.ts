/** A set that is being computed: node number `i` is bit `i % 32` of word `i / 32`. */
export type NodeBits = Uint32Array;

/** A set of nodes. Each call narrows or widens an answer in place. */
export interface NodeSet {
  addTo(bits: NodeBits): void;
  keepIn(bits: NodeBits): void;
  takeFrom(bits: NodeBits): void;
  /** True when one of them is in `bits`. */
  meets(bits: NodeBits): boolean;
}

/** Up to this many are kept as a list, more as bits: most values of labels, such as a host's name, belong to a single node. */
const FEW = 16;

/** A set of small whole numbers that is cheap to combine, whether it has one number or thousands. */
export class NumberSet implements NodeSet {
  #few: number[] = [];
  #many: Uint32Array | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(number: number): boolean {
    return this.#many ? hasBit(this.#many, number) : this.#few.includes(number);
  }

  add(number: number): void {
    if (this.has(number)) return;
    this.#size++;
    if (!this.#many && this.#few.length < FEW) {
      this.#few.push(number);
      return;
    }
    this.#many = withRoomFor(this.#many ?? bitsOf(this.#few), number);
    this.#few = [];
    setBit(this.#many, number);
  }

  delete(number: number): void {
    if (!this.has(number)) return;
    this.#size--;
    if (this.#many) clearBit(this.#many, number);
    else this.#few.splice(this.#few.indexOf(number), 1);
  }

  addTo(bits: NodeBits): void {
    if (this.#many) addBits(bits, this.#many);
    else for (const number of this.#few) setBit(bits, number);
  }

  takeFrom(bits: NodeBits): void {
    if (this.#many) takeBits(bits, this.#many);
    else for (const number of this.#few) clearBit(bits, number);
  }

  keepIn(bits: NodeBits): void {
    if (this.#many) {
      keepBits(bits, this.#many);
      return;
    }
    const kept = this.#few.filter(number => hasBit(bits, number));
    bits.fill(0);
    for (const number of kept) setBit(bits, number);
  }

  meets(bits: NodeBits): boolean {
    return this.#many
      ? this.#many.some((word, i) => (word & (bits[i] ?? 0)) !== 0)
      : this.#few.some(number => hasBit(bits, number));
  }
}

function bitsOf(numbers: readonly number[]): Uint32Array {
  const bits = new Uint32Array((Math.max(0, ...numbers) >>> 5) + 1);
  for (const number of numbers) setBit(bits, number);
  return bits;
}

function withRoomFor(bits: Uint32Array, number: number): Uint32Array {
  if (number >>> 5 < bits.length) return bits;
  const wider = new Uint32Array(Math.max((number >>> 5) + 1, 2 * bits.length));
  wider.set(bits);
  return wider;
}

const hasBit = (bits: NodeBits, number: number): boolean => ((bits[number >>> 5] ?? 0) & mask(number)) !== 0;

function setBit(bits: NodeBits, number: number): void {
  bits[number >>> 5] = (bits[number >>> 5] ?? 0) | mask(number);
}

function clearBit(bits: NodeBits, number: number): void {
  bits[number >>> 5] = (bits[number >>> 5] ?? 0) & ~mask(number);
}

/** The bit of a number: shifts count modulo 32 (ECMA-262, Number::leftShift). */
const mask = (number: number): number => 1 << number;

export const isEmpty = (bits: NodeBits): boolean => bits.every(word => word === 0);

/** Adds `others` to `bits`. */
export function addBits(bits: NodeBits, others: NodeBits): void {
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] ?? 0) | (others[i] ?? 0);
}

/** Keeps in `bits` what is in `others`, too. */
export function keepBits(bits: NodeBits, others: NodeBits): void {
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] ?? 0) & (others[i] ?? 0);
}

/** Removes `others` from `bits`. */
export function takeBits(bits: NodeBits, others: NodeBits): void {
  for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] ?? 0) & ~(others[i] ?? 0);
}
