import { isMap } from '../source/mapping.ts';
import type { Api } from './api.ts';
import { hasStatus, KubeError } from './error.ts';
import { type ListText, readListText } from './list-text.ts';
import type { KubeObject } from './object.ts';
import { type PageSize, pageSize } from './page-size.ts';
import { AnswerTooLong } from './send.ts';

export interface PageOptions {
  /** Narrows the list: a label or field selector. */
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** The most objects of a page; a page of large objects has fewer. */
  readonly limit: number;
  readonly metadataOnly?: boolean | undefined;
  /**
   * Whether to continue in the newest version where the first one has been compacted away: then each page is right, but all of
   * them together are not from one moment.
   */
  readonly resumes?: boolean;
  /**
   * The most values of an object; of one with more, only its head is read (`isCut`). Left out where no author can make an
   * object arbitrarily large.
   */
  readonly mostValues?: number | undefined;
  /** The time for each page. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface Page {
  /** The items, each of which is parsed when it is reached: only the text of a whole page is held. */
  readonly items: Iterable<KubeObject>;
  readonly resourceVersion: string;
  /** How many items are still to come, according to the API server. */
  readonly remaining: number;
}

/**
 * The pages of a collection, each requested when it is needed. What users store decides neither how long a page is nor how much
 * of it is held: a page of large objects is requested again with fewer.
 * @param path such as `/api/v1/pods`
 * @throws as `Api`
 */
export async function* pagesOf(api: Api, path: string, options: PageOptions): AsyncGenerator<Page> {
  const size = pageSize(options.limit);
  const before = new Set<string>();
  let from: string | undefined = '';
  let mayResume = options.resumes ?? false;
  while (from !== undefined) {
    const asked: Asked = await askFrom(from, api, path, size, { ...options, resumes: mayResume });
    // This is allowed once before each page, as every answer may say to continue elsewhere.
    if (asked.isResumed) mayResume = false;
    else if (asked.page) mayResume = options.resumes ?? false;
    if (asked.page) yield asked.page;
    // Otherwise it would never end.
    if (asked.page && asked.next !== undefined && (asked.isEmpty || before.has(asked.next)))
      throw new KubeError(`the API server answered GET ${path} with a list that comes to no end`, {
        status: 200,
      });
    from = asked.next;
    if (from !== undefined) before.add(from);
  }
}

/** The result of a request for a page; without a page, the request has to be changed. */
interface Asked {
  readonly page?: Page;
  /** Whether the page is empty. An API server fills each page except the last (apiserver pkg/storage/etcd3 `GetList`). */
  readonly isEmpty?: boolean;
  /** Whether the version of the list is gone, and it continues in the newest. */
  readonly isResumed?: boolean;
  /** Where the next page begins; undefined after the last. */
  readonly next: string | undefined;
}

async function askFrom(
  from: string,
  api: Api,
  path: string,
  size: PageSize,
  { query: selected, limit: _, resumes = false, mostValues, ...call }: PageOptions,
): Promise<Asked> {
  const query = new URLSearchParams({
    ...selected,
    limit: String(size.limit),
    ...(from !== '' && { continue: from }),
  });
  try {
    const text = await api.bytes({ ...call, path: `${path}?${query}`, mostBytes: size.mostBytes });
    const list = listIn(text, path, mostValues);
    size.came(list.size, text.length);
    return readPage(list);
  } catch (error) {
    if (error instanceof AnswerTooLong && size.limit > 1) {
      size.wasTooLong();
      return { next: from };
    }
    const resume = resumes && error instanceof KubeError ? error.resume : undefined;
    if (resume === undefined || resume === from) throw error;
    return { next: resume, isResumed: true };
  }
}

export interface ListOptions<T> extends Omit<PageOptions, 'resumes'> {
  /** What is kept of each object, so that only one whole object is held at a time; undefined leaves the object out. */
  readonly keep: (object: KubeObject) => T | undefined;
  /** Called after each page. `total` is the API server's estimate for all pages. */
  readonly onPage?: (done: number, total: number) => void;
}

/**
 * Every object of a collection, as they were at one moment.
 * @throws as `pagesOf`
 */
export async function listAll<T>(api: Api, path: string, options: ListOptions<T>): Promise<T[]> {
  try {
    return await listPages(api, path, options);
  } catch (error) {
    // The list was compacted away between two pages. client-go asks for it as one page then (tools/pager), but nobody knows how
    // large that is.
    if (!hasStatus(error, 410)) throw error;
    return listPages(api, path, options);
  }
}

async function listPages<T>(
  api: Api,
  path: string,
  { keep, onPage, ...options }: ListOptions<T>,
): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pagesOf(api, path, options)) {
    for (const object of page.items) {
      const kept = keep(object);
      if (kept !== undefined) items.push(kept);
    }
    onPage?.(items.length, items.length + page.remaining);
  }
  return items;
}

function listIn(text: Buffer, path: string, mostValues: number | undefined): ListText {
  try {
    const list = readListText(text, mostValues);
    if (isMap(list.head) && isMap(list.head.metadata)) return list;
  } catch {
    // The error is reported below.
  }
  throw new KubeError(`the API server answered GET ${path} with no list`, { status: 200 });
}

/** Items of a list have neither kind nor apiVersion on the wire; the list does. */
function readPage(list: ListText): Asked {
  const { apiVersion, kind, metadata } = list.head;
  const { resourceVersion, continue: next, remainingItemCount } = metadata as KubeObject;
  const [, single] = /^(\w+)List$/.exec(String(kind)) ?? [];
  const header = single === undefined ? {} : { apiVersion, kind: single };
  return {
    page: {
      items: headed(list, header),
      resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
      remaining: typeof remainingItemCount === 'number' ? remainingItemCount : 0,
    },
    isEmpty: list.size === 0,
    next: typeof next === 'string' && next !== '' ? next : undefined,
  };
}

function* headed(list: ListText, header: object): Generator<KubeObject> {
  for (const item of list.items()) if (isMap(item)) yield { ...header, ...item };
}
