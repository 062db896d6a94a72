import type { PageData, Row, Text } from '../data.ts';

/** The data of a page, with what is computed from it again and again. */
export interface Model extends PageData {
  text(place: Text): string;
  /** All text of a row that a search looks through, in lower case. */
  haystack(row: Row): string;
}

export function modelOf(data: PageData): Model {
  const haystacks = new WeakMap<Row, string>();
  const text = (place: Text): string => data.texts[place] ?? '';
  return {
    ...data,
    text,
    haystack(row) {
      let hay = haystacks.get(row);
      if (hay === undefined) {
        hay = [
          `${text(row.namespace)}/${text(row.name)}`,
          text(row.source),
          text(row.now.words),
          ...(row.before ? [text(row.before.words)] : []),
          data.states[row.state]?.word ?? '',
          ...row.signals.map(signal => `${data.signals[signal]?.id} ${data.signals[signal]?.title}`),
        ]
          .join('\n')
          .toLowerCase();
        haystacks.set(row, hay);
      }
      return hay;
    },
  };
}
