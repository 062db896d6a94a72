import type { UserInfo } from '../decision/decision.ts';
import { isMap } from '../source/mapping.ts';

/** The parts of an admission.k8s.io/v1 AdmissionRequest that are used; `object` and `oldObject` as they came. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly resource: { readonly group: string; readonly resource: string };
  readonly subResource: string;
  readonly operation: Operation;
  /** The namespace to trust: the object's own may be empty on CREATE. Empty for a cluster-scoped object. */
  readonly namespace: string;
  /** Empty under generateName. */
  readonly name: string;
  readonly userInfo: UserInfo;
  readonly object: unknown;
  readonly oldObject: unknown;
}

const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** `uid` is kept where there is one, so that the answer can echo it. */
export type ReadReview =
  | { readonly request: AdmissionRequest }
  | { readonly problem: string; readonly uid?: string };

/**
 * Reads an AdmissionReview. Version v1 alone: the API server sends the version that the registration lists, and this
 * project's lists v1 alone.
 *
 * @param body parsed JSON, of any shape
 */
export function readReview(body: unknown): ReadReview {
  if (!isMap(body)) return { problem: 'the body is not an AdmissionReview' };
  const request = isMap(body.request) ? body.request : undefined;
  const uid = uidOf(body);
  const fail = (problem: string): ReadReview => (uid === undefined ? { problem } : { problem, uid });
  if (body.kind !== 'AdmissionReview' || body.apiVersion !== 'admission.k8s.io/v1') {
    return fail('the body is not an AdmissionReview of admission.k8s.io/v1');
  }
  if (!request) return fail('the AdmissionReview has no request');
  if (uid === undefined) return fail('request.uid is not a non-empty string');
  const operation = OPERATIONS.find(word => word === request.operation);
  if (!operation) return fail('request.operation is none of CREATE, UPDATE, DELETE, CONNECT');
  if (!isMap(request.kind) || text(request.kind.kind) === '') return fail('request.kind is missing');
  const resource = isMap(request.resource) ? request.resource : {};
  return {
    request: {
      uid,
      operation,
      kind: {
        group: text(request.kind.group),
        version: text(request.kind.version),
        kind: text(request.kind.kind),
      },
      resource: { group: text(resource.group), resource: text(resource.resource) },
      subResource: text(request.subResource),
      namespace: text(request.namespace),
      name: text(request.name),
      userInfo: userInfoOf(request.userInfo),
      object: request.object,
      oldObject: request.oldObject,
    },
  };
}

/** The uid that every answer must echo; undefined where there is none. */
export function uidOf(body: unknown): string | undefined {
  const request = isMap(body) ? body.request : undefined;
  const uid = isMap(request) ? request.uid : undefined;
  return typeof uid === 'string' && uid !== '' ? uid : undefined;
}

/** The namespace that a request is about; empty where there is none. */
export function namespaceIn(body: unknown): string {
  const request = isMap(body) ? body.request : undefined;
  return isMap(request) ? text(request.namespace) : '';
}

/** Nobody, where it cannot be read: an unknown user is believed in nothing (a mirror Pod must come from a node). */
function userInfoOf(value: unknown): UserInfo {
  if (!isMap(value)) return { username: '', groups: [] };
  const groups = Array.isArray(value.groups) ? value.groups.filter(group => typeof group === 'string') : [];
  return { username: text(value.username), groups };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
