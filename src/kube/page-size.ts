/**
 * The wanted size of a page, and the most bytes that are read of one; after a larger one, the next request is for fewer
 * objects.
 */
const WANTED_BYTES = 2 * 1024 * 1024;
const MOST_BYTES = 4 * 1024 * 1024;
/** The objects of the first page, when nothing is known of their size. */
const FIRST = 20;
/** The most by which a page may be larger or smaller than the one before, as a factor. */
const STEP = 4;

/** How many objects to ask for at once, from the size of the pages before. */
export interface PageSize {
  readonly limit: number;
  /** The most bytes of the answer; undefined for a single object, however large it is. */
  readonly mostBytes: number | undefined;
  /** Called when a page came as a whole. */
  came(objects: number, bytes: number): void;
  /** Called when a page was longer than `mostBytes`. */
  wasTooLong(): void;
}

/** @param most the most objects of a page, however small they are */
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
