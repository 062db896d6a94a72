/** The newest of something that changes, for whoever follows it. */
export interface Feed<T> {
  /** Calls with the newest at once, where there is one, and with each that comes; until the function returned is called. */
  follow(listener: (value: T) => void): () => void;
}

export interface FeedSource<T> extends Feed<T> {
  push(value: T): void;
}

export function feed<T>(): FeedSource<T> {
  const listeners = new Set<(value: T) => void>();
  let newest: { readonly value: T } | undefined;
  return {
    push: value => {
      newest = { value };
      for (const listener of listeners) listener(value);
    },
    follow: listener => {
      listeners.add(listener);
      if (newest) listener(newest.value);
      return () => listeners.delete(listener);
    },
  };
}
