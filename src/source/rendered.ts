import { join } from 'node:path';

/** Knows which file of a chart each part of a text was made from. */
export interface Templates {
  /** The file; undefined where the text does not say it. */
  at(offset: number): string | undefined;
}

/**
 * The line that Helm prints above each document (`cmd/helm/template.go`), with the file of the chart that it was made from. A
 * document without it is not Helm's.
 */
const DOCUMENT = /^---[ \t]*(?:\r?\n# Source: ([^\r\n]+))?/gm;

/** `shop/templates/web.yaml`, or for a chart within it `shop/charts/db/templates/db.yaml`; a path cannot leave the chart. */
const FILE = /^([^/]+)\/((?:charts\/[^/]+\/)*(?:templates|crds)\/.+)$/;
const LEADS_AWAY = /(?:^|\/)\.{0,2}(?:\/|$)/;

/** The names of the charts that a text was made from. */
export const chartsIn = (text: string): ReadonlySet<string> =>
  new Set(sourcesIn(text).flatMap(({ file }) => file?.chart ?? []));

/**
 * The files that Helm made a text from.
 * @param folderOf the folder of a chart
 */
export function templatesIn(text: string, folderOf: (chart: string) => string): Templates | undefined {
  const sources = sourcesIn(text);
  if (sources.length === 0) return undefined;
  return {
    at: offset => {
      const file = lastUpTo(sources, offset)?.file;
      return file && join(folderOf(file.chart), file.path);
    },
  };
}

/** Searches by bisection, as this is called for each reported place. */
function lastUpTo(sources: readonly Source[], offset: number): Source | undefined {
  let [low, high] = [0, sources.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sources[middle]?.offset ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return sources[low - 1];
}

interface Source {
  /** The offset of the document. */
  readonly offset: number;
  readonly file?: { readonly chart: string; readonly path: string };
}

function sourcesIn(text: string): readonly Source[] {
  if (!text.includes('\n# Source: ')) return [];
  return Array.from(text.matchAll(DOCUMENT), ({ index: offset, 1: name = '' }) => {
    const [, chart, path] = FILE.exec(name) ?? [];
    return chart === undefined || path === undefined || LEADS_AWAY.test(name)
      ? { offset }
      : { offset, file: { chart, path } };
  });
}
