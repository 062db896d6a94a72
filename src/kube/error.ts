import { reasonOf } from '../source/reason.ts';

interface About {
  readonly status?: number;
  readonly request?: string;
  readonly resume?: string | undefined;
  readonly cause?: unknown;
}

/** Why the API server gave no answer, or not the one that was asked for: in its own words, where it has any. */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  /** HTTP status; undefined when there was no answer at all. */
  readonly status: number | undefined;
  /** Method and path, without the query; undefined when nothing was sent. */
  readonly request: string | undefined;
  /** Where a list that has outlived its version (410) can go on in the newest one. */
  readonly resume: string | undefined;

  constructor(message: string, { status, request, resume, cause }: About = {}) {
    super(message, { cause });
    this.status = status;
    this.request = request;
    this.resume = resume;
  }
}

/** Whether the API server answered so. */
export const hasStatus = (error: unknown, ...statuses: readonly number[]): error is KubeError =>
  error instanceof KubeError && error.status !== undefined && statuses.includes(error.status);

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
