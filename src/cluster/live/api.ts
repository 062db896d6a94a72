import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';

export interface ApiCall {
  readonly method?: 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  /** Sent as a JSON merge patch (RFC 7386). */
  readonly patch?: unknown;
  /** Sent as it is: a whole object. */
  readonly body?: unknown;
  /** Of a list, what its objects are called and labelled alone. */
  readonly metadataOnly?: boolean;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** @returns the parsed body @throws ApiError, or the error of the connection */
export type Api = (call: ApiCall) => Promise<unknown>;

/** The API server answered, and not with success. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly statusCode: number;
  /** Of a list that has outlived its version (410): from where it can go on in the newest one. */
  readonly resume: string | undefined;
  constructor(statusCode: number, message: string, resume?: string) {
    super(message);
    this.statusCode = statusCode;
    this.resume = resume;
  }
}

const METADATA_TYPE = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/**
 * Single calls to the API server, as parsed JSON. Not the library's typed clients: they turn every object into instances
 * of classes, which for a page of Nodes takes longer, and more memory, than the decision will ever use of it.
 */
export function apiOf(config: KubeConfig): Api {
  return async ({ method = 'GET', path, patch, body: object = patch, metadataOnly, timeoutMs, signal }) => {
    const server = config.getCurrentCluster()?.server ?? '';
    const accept = metadataOnly ? METADATA_TYPE : 'application/json';
    const options: RequestOptions = { method, headers: { accept } };
    await config.applyToHTTPSOptions(options);
    const limit = AbortSignal.timeout(timeoutMs);
    options.signal = signal ? AbortSignal.any([signal, limit]) : limit;
    const body = object === undefined ? undefined : JSON.stringify(object);
    if (body !== undefined) {
      const type = patch === undefined ? 'application/json' : 'application/merge-patch+json';
      options.headers = { ...options.headers, 'content-type': type };
    }
    return answerTo(new URL(server + path), options, body);
  };
}

function answerTo(url: URL, options: RequestOptions, body: string | undefined): Promise<unknown> {
  const request = url.protocol === 'http:' ? requestHttp : requestHttps;
  return new Promise((resolve, reject) => {
    request(url, options, response => read(response).then(resolve, reject))
      .on('error', reject)
      .end(body);
  });
}

async function read(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const { statusCode = 0 } = response;
  if (statusCode >= 200 && statusCode < 300) return JSON.parse(text);
  const { message, metadata } = statusOf(text);
  const said = typeof message === 'string' && message !== '' ? message : undefined;
  const resume = metadata?.continue;
  throw new ApiError(
    statusCode,
    said ?? `the API server answered ${statusCode}`,
    typeof resume === 'string' && resume !== '' ? resume : undefined,
  );
}

interface Status {
  readonly message?: unknown;
  readonly metadata?: { readonly continue?: unknown } | null;
}

/** The Status object that the API server describes a failure with; what stands before it may answer otherwise. */
function statusOf(text: string): Status {
  try {
    return (JSON.parse(text) as Status | null) ?? {};
  } catch {
    return {};
  }
}
