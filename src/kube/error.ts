import { reasonOf } from '../source/reason.ts';

interface About {
  readonly status?: number;
  readonly request?: string;
  readonly resume?: string | undefined;
  readonly retryMs?: number | undefined;
  readonly cause?: unknown;
}

/** Why the API server gave no answer, or not the one that was asked for: in its own words, where it has any. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  /** HTTP status; undefined when there was no answer at all. */
  readonly status: number | undefined;
  /** Method and path, without the query; undefined when nothing was sent. */
  readonly request: string | undefined;
  /** The place where a list whose version has expired (410) can go on in the newest version. */
  readonly resume: string | undefined;
  /** The milliseconds after which the API server asks to be asked again. */
  readonly retryMs: number | undefined;

  constructor(message: string, { status, request, resume, retryMs, cause }: About = {}) {
    super(message, { cause });
    this.status = status;
    this.request = request;
    this.resume = resume;
    this.retryMs = retryMs;
  }
}

/** Whether the API server answered so. */
export const hasStatus = (error: unknown, ...statuses: readonly number[]): error is KubeError =>
  error instanceof KubeError && error.status !== undefined && statuses.includes(error.status);

/** Whether it says of the API server that it is not well, and nothing of what was asked for. */
export const isUnwell = (error: unknown): error is KubeError =>
  error instanceof KubeError && (error.status === undefined || error.status === 429 || error.status >= 500);

/** The error of a connection that failed; the name of its code is what people search for. */
export function unreachable(server: string, request: string, error: unknown): KubeError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const detail = reasonOf(error);
  const why = detail.includes(code) ? detail : [code, detail].filter(part => part !== '').join(': ');
  return new KubeError(`cannot reach the API server ${server}: ${why}`, { request, cause: error });
}

/** `fetch failed` says nothing, its cause does; a connection refused by several addresses has no message but a code. */
export function causeOf(error: unknown): string {
  const { cause = error } = error as { readonly cause?: unknown };
  return reasonOf(cause) || String((cause as { readonly code?: unknown }).code);
}
