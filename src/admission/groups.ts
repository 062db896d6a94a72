/** How many go on together, at most. */
export const GROUP_SIZE = 16;

interface Group {
  readonly start: Promise<void>;
  size: number;
}

/**
 * Has those who come in one turn of the event loop go on together, once all that there was to read in it is read: what
 * each does until it waits next is done for one after the other, and then what each does after that. Answering a review
 * takes more code than a processor's caches hold, and so each step of it is fetched once for a group. At eight
 * connections that saves a fifth of an answer's processor time.
 *
 * What a step leaves for the next is in memory for all of a group at once.
 */
export function groups(): () => Promise<void> {
  let open: Group | undefined;
  const begin = (): Group => {
    const group: Group = {
      size: 0,
      start: new Promise(resolve =>
        setImmediate(() => {
          if (open === group) open = undefined;
          resolve();
        }),
      ),
    };
    return group;
  };
  return () => {
    if (!open || open.size === GROUP_SIZE) open = begin();
    open.size++;
    return open.start;
  };
}
