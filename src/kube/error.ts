import { reasonOf } from '../source/reason.ts';

interface About {
  readonly status?: number;
  readonly request?: string;
  readonly resume?: string | undefined;
  readonly retryMs?: number | undefined;
  readonly cause?: unknown;
}

/** Why the API server gave no answer, or not the expected one: in its own words, where it gave any. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  /** The HTTP status; undefined when there was no answer at all. */
  readonly status: number | undefined;
  /** The method and the path, without the query; undefined when nothing was sent. */
  readonly request: string | undefined;
  /** The place where a list whose version has expired (410) can continue in the newest version. */
  readonly resume: string | undefined;
  /** The milliseconds after which the API server asks for a retry. */
  readonly retryMs: number | undefined;

  constructor(message: string, { status, request, resume, retryMs, cause }: About = {}) {
    super(message, { cause });
    this.status = status;
    this.request = request;
    this.resume = resume;
    this.retryMs = retryMs;
  }
}

/** Whether the API server answered with one of these statuses. */
export const hasStatus = (error: unknown, ...statuses: readonly number[]): error is KubeError =>
  error instanceof KubeError && error.status !== undefined && statuses.includes(error.status);

/** Whether an error means that the API server is unwell, and nothing about what was asked for. */
export const isUnwell = (error: unknown): error is KubeError =>
  error instanceof KubeError && (error.status === undefined || error.status === 429 || error.status >= 500);

/** The error of a failed connection. It includes the name of its code, which is what people search for. */
export function unreachable(server: string, request: string, error: unknown): KubeError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const detail = reasonOf(error);
  const why = detail.includes(code) ? detail : [code, detail].filter(part => part !== '').join(': ');
  return new KubeError(`cannot reach the API server ${server}: ${why}`, { request, cause: error });
}

/** The message of the cause: `fetch failed` says nothing, and a connection that several addresses refuse has only a code. */
export function causeOf(error: unknown): string {
  const { cause = error } = error as { readonly cause?: unknown };
  return reasonOf(cause) || String((cause as { readonly code?: unknown }).code);
}
