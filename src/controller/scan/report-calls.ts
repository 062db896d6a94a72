import { isDeepStrictEqual } from 'node:util';
import { outOfBounds } from '../../admission/shape.ts';
import type { Api, ApiCall } from '../../kube/api.ts';
import { hasStatus } from '../../kube/error.ts';
import { pagesOf } from '../../kube/list.ts';
import { isNamed, type KubeObject } from '../../kube/object.ts';
import { AnswerTooLong } from '../../kube/send.ts';
import { REPORT_LABELS, REPORT_NAME, withTimesOf } from '../../report/open-report/report.ts';
import type { Report, ReportResult } from '../../report/open-report/types.ts';
import { isMap } from '../../source/mapping.ts';

const GROUP = '/apis/openreports.io/v1alpha1';
const PAGE = 500;
const PAGE_MS = 30_000;
const TIMEOUT_MS = 10_000;
/**
 * The most bytes of a stored Report that is read. Anybody with the right to write Reports may have written it, and four are
 * read at once. The largest of ours has 960 KiB and 501 results of some twenty values; etcd takes 1.5 MiB, which can hold half
 * a million values.
 */
const MOST_BYTES = 1280 * 1024;
const MOST = { depth: 20, items: 30_000 } as const;

/** The version of each namespace's Report; undefined where the API server does not know the kind. */
export async function versionsOf(api: Api, signal: AbortSignal): Promise<Map<string, string> | undefined> {
  const versions = new Map<string, string>();
  const selector = Object.entries(REPORT_LABELS).map(([key, value]) => `${key}=${value}`);
  const query = { labelSelector: selector.join(',') };
  const options = { query, limit: PAGE, metadataOnly: true, resumes: true, timeoutMs: PAGE_MS, signal };
  try {
    for await (const { items } of pagesOf(api, `${GROUP}/reports`, options)) {
      for (const item of items) {
        if (!isNamed(item) || item.metadata.name !== REPORT_NAME) continue;
        versions.set(item.metadata.namespace ?? '', item.metadata.resourceVersion ?? '');
      }
    }
    return versions;
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

export interface Stored {
  readonly version: string;
  readonly written: boolean;
}
export type ReportCalls = ReturnType<typeof reportCalls>;

/** The calls for the Reports of this project, of which each namespace has one. Each throws KubeError. */
export function reportCalls(api: Api, signal: AbortSignal) {
  const collection = (namespace: string) => `${GROUP}/namespaces/${encodeURIComponent(namespace)}/reports`;
  const single = (namespace: string) => `${collection(namespace)}/${REPORT_NAME}`;
  const call = (rest: Pick<ApiCall, 'method' | 'path' | 'body'>) =>
    api({ ...rest, timeoutMs: TIMEOUT_MS, signal });
  /** The new Report; undefined where there is one already, such as one that lost its label. */
  const create = async (namespace: string, body: Report): Promise<Stored | undefined> => {
    try {
      const made = await call({ method: 'POST', path: collection(namespace), body });
      return { version: versionOf(made), written: true };
    } catch (error) {
      if (hasStatus(error, 409)) return undefined;
      throw error;
    }
  };
  /** The stored Report; undefined where it is larger than any of ours. */
  const read = async (namespace: string): Promise<KubeObject | undefined> => {
    try {
      const path = single(namespace);
      const text = await api.bytes({ path, mostBytes: MOST_BYTES, timeoutMs: TIMEOUT_MS, signal });
      return outOfBounds(text, MOST) === undefined ? JSON.parse(text.toString('utf8')) : undefined;
    } catch (error) {
      if (error instanceof AnswerTooLong) return undefined;
      throw error;
    }
  };
  /** Deletes a Report. Where a finalizer keeps it, the answer is the whole Report, which is not parsed. */
  const remove = async (namespace: string): Promise<void> =>
    void (await api.bytes({ method: 'DELETE', path: single(namespace), timeoutMs: TIMEOUT_MS, signal }));
  return {
    create,
    /** Replaces a Report in place, and only where it differs. One that is too large to read is deleted and created anew. */
    replace: async (namespace: string, report: Report): Promise<Stored> => {
      const before = await read(namespace);
      if (!before) {
        await remove(namespace);
        const made = await create(namespace, report);
        if (!made)
          throw new Error(`the Report of ${namespace} is too large to be read, and is kept by a finalizer`);
        return made;
      }
      const body = bodyOver(before, report);
      if (isDeepStrictEqual(before, body)) return { version: versionOf(before), written: false };
      const put = await call({ method: 'PUT', path: single(namespace), body });
      return { version: versionOf(put), written: true };
    },
    remove,
  };
}

/** The stored object with our parts replaced. Results that were found before keep their times. */
function bodyOver(stored: KubeObject, report: Report): KubeObject {
  const metadata = isMap(stored.metadata) ? stored.metadata : {};
  const labels = isMap(metadata.labels) ? metadata.labels : {};
  const results = Array.isArray(stored.results) ? (stored.results as readonly ReportResult[]) : [];
  return {
    ...stored,
    ...withTimesOf(report, results),
    metadata: { ...metadata, labels: { ...labels, ...REPORT_LABELS } },
  };
}

const versionOf = ({ metadata }: KubeObject): string =>
  isMap(metadata) ? String(metadata.resourceVersion) : '';
