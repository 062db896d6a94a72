/** Bytes of a page that is asked for, and of one that is read to its end: the next is asked for with fewer objects. */
const WANTED_BYTES = 2 * 1024 * 1024;
const MOST_BYTES = 4 * 1024 * 1024;
/** Objects of the first page, when nobody knows how large they are. */
const FIRST = 20;
/** The factor by which a page may be larger or smaller than the one before. */
const STEP = 4;

/** How many objects to ask for at once, from the size of the pages before. */
export interface PageSize {
  readonly limit: number;
  /** The most bytes of the answer; undefined for one object, which is as large as it is. */
  readonly mostBytes: number | undefined;
  /** A page came whole. */
  came(objects: number, bytes: number): void;
  /** A page was longer than `mostBytes`. */
  wasTooLong(): void;
}

/** @param most objects of a page, however small they are */
export function pageSize(most: number): PageSize {
  let limit = Math.min(most, FIRST);
  return {
    get limit() {
      return limit;
    },
    get mostBytes() {
      return limit === 1 ? undefined : MOST_BYTES;
    },
    came: (objects, bytes) => {
      const fitting = Math.floor((WANTED_BYTES * objects) / bytes);
      limit = Math.max(1, Math.min(most, STEP * limit, fitting));
    },
    wasTooLong: () => {
      limit = Math.max(1, Math.floor(limit / STEP));
    },
  };
}
