import { KubeError } from './error.ts';
import { type Answer, get, type Target } from './request.ts';

/** An object as the API server sends it. */
export type KubeObject = Readonly<Record<string, unknown>>;

export interface ListOptions {
  /** Narrows the list: a label or field selector. */
  readonly query?: Readonly<Record<string, string>>;
  /** Names and owners alone, not the whole objects: a tenth of the bytes. */
  readonly metadataOnly?: boolean;
  /** What is kept of each object; by default all of it. */
  readonly pick?: (object: KubeObject) => KubeObject;
  /** Called after each page. `total` is the API server's estimate, of all pages. */
  readonly onPage?: (done: number, total: number) => void;
}

/** Reads from one cluster. It cannot write. */
export interface KubeClient {
  /** Name of the kubeconfig's context. */
  readonly context: string;
  readonly server: string;
  /** @throws KubeError */
  get(path: string): Promise<KubeObject>;
  /** Every object of a collection, such as `/api/v1/pods`. @throws KubeError */
  list(path: string, options?: ListOptions): Promise<readonly KubeObject[]>;
}

/** As kubectl has it: enough for few round trips, little enough for the API server to do at once. */
const PAGE = 500;
const JSON_TYPE = 'application/json';
const METADATA_TYPE = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

export function clientFor(target: Target): KubeClient {
  const { context, server } = target;
  return {
    context,
    server,
    get: async path => objectOf(await get(target, path, JSON_TYPE), path),
    list: (path, options = {}) => list(target, path, options),
  };
}

const asIs = (object: KubeObject): KubeObject => object;

interface Page {
  readonly items: readonly KubeObject[];
  readonly next: string;
  readonly remaining: number;
}

async function list(target: Target, path: string, options: ListOptions): Promise<readonly KubeObject[]> {
  const accept = options.metadataOnly ? METADATA_TYPE : JSON_TYPE;
  const { pick = asIs, query: selected = {} } = options;
  const items: KubeObject[] = [];
  let next = '';
  do {
    const query = new URLSearchParams({ ...selected, limit: String(PAGE), ...(next && { continue: next }) });
    const answer = await get(target, `${path}?${query}`, accept);
    // The pages have outlived etcd's history: all in one piece, as client-go's pager does (tools/pager).
    if (answer.status === 410 && next) {
      const all = `${path}?${new URLSearchParams(selected)}`;
      return pageOf(objectOf(await get(target, all, accept), path)).items.map(pick);
    }
    const page = pageOf(objectOf(answer, path));
    items.push(...page.items.map(pick));
    next = page.next;
    options.onPage?.(items.length, items.length + page.remaining);
  } while (next);
  return items;
}

function objectOf({ status, body }: Answer, path: string): KubeObject {
  const object = parsed(body);
  if (status === 200 && object) return object;
  const said = typeof object?.message === 'string' ? object.message : body.slice(0, 200).trim();
  throw new KubeError(said || `the API server answered ${status} to GET ${path}`, status);
}

function parsed(body: string): KubeObject | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Items of a list carry neither kind nor apiVersion on the wire; the list does. */
function pageOf(list: KubeObject): Page {
  const metadata = isObject(list.metadata) ? list.metadata : {};
  const kind = typeof list.kind === 'string' ? list.kind.replace(/List$/, '') : '';
  const items = Array.isArray(list.items) ? list.items.filter(isObject) : [];
  return {
    items: items.map(item => ({ apiVersion: list.apiVersion, kind, ...item })),
    next: typeof metadata.continue === 'string' ? metadata.continue : '',
    remaining: typeof metadata.remainingItemCount === 'number' ? metadata.remainingItemCount : 0,
  };
}

const isObject = (value: unknown): value is KubeObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
