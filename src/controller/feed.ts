/** The newest value of something that changes, for those that follow it. */
export interface Feed<T> {
  /**
   * Calls the listener with the newest value at once, where there is one, and with each later one, until the returned function
   * is called.
   */
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
