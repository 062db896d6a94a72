import { isMap } from '../source/mapping.ts';
import type { Api } from './api.ts';
import { hasStatus, KubeError } from './error.ts';
import type { KubeObject } from './object.ts';

export interface PageOptions {
  /** Narrows the list: a label or field selector. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Objects a page; undefined for everything at once. */
  readonly limit?: number | undefined;
  readonly metadataOnly?: boolean | undefined;
  /**
   * Goes on in the newest version where the one that the list began with is compacted away: then each page is right,
   * and all together are of no one moment.
   */
  readonly resumes?: boolean;
  /** Of each page. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface Page {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  /** How many are still to come, as far as the API server says. */
  readonly remaining: number;
}

/**
 * The pages of a collection, each asked for when it is wanted.
 * @param path such as `/api/v1/pods`
 * @throws as `Api`
 */
export async function* pagesOf(api: Api, path: string, options: PageOptions): AsyncGenerator<Page> {
  const { query: selected, limit, resumes = false, ...call } = options;
  let next = '';
  do {
    const query = new URLSearchParams({
      ...selected,
      ...(limit !== undefined && { limit: String(limit) }),
      ...(next !== '' && { continue: next }),
    });
    try {
      const page = readPage(await api({ ...call, path: query.size > 0 ? `${path}?${query}` : path }), path);
      yield page;
      next = page.next;
    } catch (error) {
      const resume = resumes && error instanceof KubeError ? error.resume : undefined;
      if (resume === undefined || resume === next) throw error;
      next = resume;
    }
  } while (next !== '');
}

export interface ListOptions<T> extends Omit<PageOptions, 'resumes'> {
  /** What is kept of each object, so that only one page is ever held whole; undefined leaves the object out. */
  readonly keep: (object: KubeObject) => T | undefined;
  /** Called after each page. `total` is the API server's estimate, of all pages. */
  readonly onPage?: (done: number, total: number) => void;
}

export interface Listed<T> {
  readonly items: T[];
  /** `resourceVersion`: from where a watch goes on. */
  readonly metadata: { readonly resourceVersion: string };
}

/** Every object of a collection, as it was at one moment. @throws as `pagesOf` */
export async function listAll<T>(api: Api, path: string, options: ListOptions<T>): Promise<Listed<T>> {
  try {
    return await listPages(api, path, options);
  } catch (error) {
    // The list was compacted away between two pages: as one page it cannot be (client-go tools/pager).
    if (!hasStatus(error, 410)) throw error;
    return listPages(api, path, { ...options, limit: undefined });
  }
}

/** As `listAll`; nothing where the API server does not know the path. */
export async function listIfThere<T>(...list: Parameters<typeof listAll<T>>): Promise<Listed<T>> {
  try {
    return await listAll(...list);
  } catch (error) {
    if (!hasStatus(error, 404)) throw error;
    return { items: [], metadata: { resourceVersion: '' } };
  }
}

async function listPages<T>(
  api: Api,
  path: string,
  { keep, onPage, ...options }: ListOptions<T>,
): Promise<Listed<T>> {
  const items: T[] = [];
  let resourceVersion = '';
  for await (const page of pagesOf(api, path, options)) {
    ({ resourceVersion } = page);
    for (const object of page.items) {
      const kept = keep(object);
      if (kept !== undefined) items.push(kept);
    }
    onPage?.(items.length, items.length + page.remaining);
  }
  return { items, metadata: { resourceVersion } };
}

/** Items of a list carry neither kind nor apiVersion on the wire; the list does. */
function readPage({ apiVersion, kind, metadata, items }: KubeObject, path: string) {
  if (!isMap(metadata))
    throw new KubeError(`the API server answered GET ${path} with no list`, { status: 200 });
  const { resourceVersion, continue: next, remainingItemCount } = metadata;
  const [, single] = /^(\w+)List$/.exec(String(kind)) ?? [];
  const header = single === undefined ? {} : { apiVersion, kind: single };
  // The API server writes an empty list as null.
  const objects = Array.isArray(items) ? items.filter(isMap) : [];
  return {
    items: objects.map(object => ({ ...header, ...object })),
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
    remaining: typeof remainingItemCount === 'number' ? remainingItemCount : 0,
    next: typeof next === 'string' ? next : '',
  };
}
