import { type Api, ApiError } from './api.ts';
import { isKubeObject, isMap, type KubeObject } from './object.ts';

/** Smaller than client-go's 500: a Node with its images has 12 KiB, and what a page takes stays in resident memory. */
const PAGE = 100;
const TIMEOUT_MS = 30_000;

export interface Listed<T> {
  readonly items: T[];
  /** `resourceVersion`: from where a watch goes on. */
  readonly metadata: { readonly resourceVersion: string };
}

/**
 * Lists in pages, and keeps of each object what `keep` returns, so that only one page is ever held whole.
 * @param keep undefined leaves the object out
 * @throws ApiError, or the error of the connection
 */
export async function listAll<T>(
  api: Api,
  path: string,
  keep: (object: KubeObject) => T | undefined,
  signal: AbortSignal,
): Promise<Listed<T>> {
  try {
    return await listPages(api, path, keep, signal, PAGE);
  } catch (error) {
    // The list was compacted away between two pages: as one page it cannot be (client-go tools/pager).
    if (!(error instanceof ApiError) || error.statusCode !== 410) throw error;
    return listPages(api, path, keep, signal, undefined);
  }
}

/** As `listAll`; nothing where the API server does not know the path. */
export async function listIfThere<T>(...list: Parameters<typeof listAll<T>>): Promise<Listed<T>> {
  try {
    return await listAll(...list);
  } catch (error) {
    if (!(error instanceof ApiError) || error.statusCode !== 404) throw error;
    return { items: [], metadata: { resourceVersion: '' } };
  }
}

async function listPages<T>(
  api: Api,
  path: string,
  keep: (object: KubeObject) => T | undefined,
  signal: AbortSignal,
  limit: number | undefined,
): Promise<Listed<T>> {
  const items: T[] = [];
  let resourceVersion = '';
  for await (const page of pagesOf(api, path, signal, { limit })) {
    resourceVersion = page.resourceVersion;
    for (const object of page.items) {
      const kept = isKubeObject(object) ? keep(object) : undefined;
      if (kept !== undefined) items.push(kept);
    }
  }
  return { items, metadata: { resourceVersion } };
}

export interface PageOptions {
  /** Undefined for everything at once. */
  readonly limit?: number | undefined;
  readonly metadataOnly?: boolean;
  /**
   * Goes on in the newest version where the one that the list began with is compacted away: then each page is right,
   * and all together are of no one moment.
   */
  readonly resumes?: boolean;
}

export interface Page {
  readonly items: readonly unknown[];
  readonly resourceVersion: string;
  /** How many are still to come, as far as the API server says. */
  readonly remaining: number;
}

/**
 * The pages of a collection, each asked for when it is wanted.
 * @param path may have a query
 * @throws ApiError, or the error of the connection
 */
export async function* pagesOf(
  api: Api,
  path: string,
  signal: AbortSignal,
  { limit, metadataOnly = false, resumes = false }: PageOptions,
): AsyncGenerator<Page> {
  let next = '';
  do {
    const query = new URLSearchParams({
      ...(limit !== undefined && { limit: String(limit) }),
      ...(next !== '' && { continue: next }),
    });
    const call = { path: `${path}${path.includes('?') ? '&' : '?'}${query}`, signal, timeoutMs: TIMEOUT_MS };
    try {
      const page = readPage(await api({ ...call, metadataOnly }));
      yield page;
      next = page.next;
    } catch (error) {
      const resume = resumes && error instanceof ApiError ? error.resume : undefined;
      if (resume === undefined || resume === next) throw error;
      next = resume;
    }
  } while (next !== '');
}

function readPage(body: unknown) {
  if (!isMap(body) || !isMap(body.metadata)) throw new Error('the API server answered with no list');
  const { resourceVersion, continue: next, remainingItemCount } = body.metadata;
  return {
    // The API server writes an empty list as null.
    items: Array.isArray(body.items) ? body.items : [],
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
    remaining: typeof remainingItemCount === 'number' ? remainingItemCount : 0,
    next: typeof next === 'string' ? next : '',
  };
}
