/**
 * Makes links of places in a comment: `node scripts/action/links.ts COMMENT.md REVIEW.json URL`. What the review names as `FILE:LINE`
 * leads to that line below URL (`https://github.com/example/shop/blob/COMMIT`), and a file of a chart, of which no line is
 * known, to that file: whoever reads a comment wants to see it.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import process from 'node:process';

/** A place, as docs/schema/review.schema.json has it. */
interface Source {
  readonly source: string;
  readonly line: number | null;
  /** Set on a file of a chart. */
  readonly rendered?: object;
}

/** The part of docs/schema/review.schema.json that has places. */
interface Review {
  readonly results: readonly (Source & { readonly findings: readonly Pick<Source, 'line'>[] })[];
  readonly problems: readonly Source[];
}

/**
 * @param url of the folder in which the review ran, without a slash at its end
 * @param isFile whether a path seen from there is one: of a chart that is packed, files are named that are not there
 */
export function linked(markdown: string, review: Review, url: string, isFile = isThere): string {
  const places = new Map(placesIn(review, isFile).map(place => [place.words, place]));
  return markdown.replaceAll(/`([^`\n]+)`/g, (span, words: string) => {
    const place = places.get(words);
    return place ? `[${span}](${url}/${place.path})` : span;
  });
}

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

interface Place {
  /** The place in the words of the review. */
  readonly words: string;
  /** The path as a part of a URL, with the line. */
  readonly path: string;
}

function placesIn({ results, problems }: Review, isFile: (path: string) => boolean): readonly Place[] {
  const named: readonly Source[] = [
    ...results,
    ...results.flatMap(({ source, findings }) => findings.map(({ line }) => ({ source, line }))),
    ...problems,
  ];
  return named.flatMap(({ source, line, rendered }) => {
    // Only files that were read from the repository have a line there, and only a plain name stands in the comment unchanged.
    if (source === '-' || !/^[\w./ -]+$/.test(source) || /^\/|(^|\/)\.\.(\/|$)/.test(source)) return [];
    const path = source
      .replace(/^(\.\/)+/, '')
      .split('/')
      .map(encodeURIComponent)
      .join('/');
    if (line !== null) return [{ words: `${source}:${line}`, path: `${path}#L${line}` }];
    return rendered && isFile(source) ? [{ words: source, path }] : [];
  });
}

if (import.meta.main) {
  const [comment = '', review = '', url = ''] = process.argv.slice(2);
  const text = readFileSync(comment, 'utf8');
  writeFileSync(comment, linked(text, JSON.parse(readFileSync(review, 'utf8')), url));
}
