import { reasonOf } from '../source/reason.ts';

/** Why the API server gave no answer, or not the one that was asked for. */
export class KubeError extends Error {
  /** HTTP status; undefined when there was no answer at all. */
  readonly status: number | undefined;

  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause });
    this.name = 'KubeError';
    this.status = status;
  }
}

/** The error of a connection that failed; the name of its code is what people search for. */
export function unreachable(server: string, error: unknown): KubeError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const detail = reasonOf(error);
  const why = code === undefined || detail.includes(code) ? detail : `${code}: ${detail}`;
  return new KubeError(`cannot reach the API server ${server}: ${why}`, undefined, error);
}
