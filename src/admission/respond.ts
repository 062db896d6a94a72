import type { Operation } from 'fast-json-patch';

/** admission.k8s.io/v1 AdmissionResponse. */
export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: {
    readonly code: number;
    readonly reason: string;
    readonly message: string;
    readonly details?: { readonly retryAfterSeconds: number };
  };
  readonly patchType?: 'JSONPatch';
  /** Base64 of a JSON Patch (RFC 6902). */
  readonly patch?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: AuditAnnotations;
}

/** The API server puts the webhook's name before each key. */
export type AuditAnnotations = Readonly<Record<string, string>>;

export interface Extras {
  readonly warnings?: readonly string[];
  readonly audit?: AuditAnnotations;
  /** A validating webhook must not answer with one; an empty one is left out, as the API server wants it. */
  readonly patch?: readonly Operation[];
}

/** Lets the request through, changed by the patch if there is one. */
export function allow(uid: string, extras: Extras = {}): AdmissionResponse {
  const { patch } = extras;
  return {
    uid,
    allowed: true,
    ...(patch?.length && { patchType: 'JSONPatch', patch: base64(JSON.stringify(patch)) }),
    ...told(extras),
  };
}

/** Turns the request away; the client reads `message`. */
export function deny(uid: string, message: string, extras: Extras = {}): AdmissionResponse {
  return { uid, allowed: false, status: { code: 403, reason: 'Forbidden', message }, ...told(extras) };
}

/**
 * Turns the request away for now. The API server passes code and details on to the client, with a Retry-After header
 * (apiserver pkg/endpoints/handlers/responsewriters `ErrorNegotiated`), and clients of client-go then ask again.
 */
export const denyForNow = (uid: string, message: string): AdmissionResponse => ({
  uid,
  allowed: false,
  status: { code: 429, reason: 'TooManyRequests', message, details: { retryAfterSeconds: 1 } },
});

/** A refusal that ends with the installation's own words, such as whom to ask; any other answer as it is. */
export function withHelp(response: AdmissionResponse, help: string): AdmissionResponse {
  const { status } = response;
  if (!status || help === '') return response;
  return { ...response, status: { ...status, message: `${status.message}\n${help}` } };
}

/** The AdmissionReview that goes over the wire. */
export const envelope = (response: AdmissionResponse): string =>
  JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });

/** A Kubernetes Status, for what is not the answer to an AdmissionReview (wrong path, wrong method). */
export const statusBody = (code: number, reason: string, message: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason, message });

const told = ({ warnings, audit }: Extras): Partial<AdmissionResponse> => ({
  ...(warnings?.length && { warnings }),
  ...(audit && { auditAnnotations: audit }),
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');
