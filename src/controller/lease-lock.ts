import type { Api, ApiCall } from '../kube/api.ts';
import { hasStatus } from '../kube/error.ts';
import type { KubeObject } from '../kube/object.ts';
import { isMap } from '../source/mapping.ts';

/** A Lease of coordination.k8s.io/v1 as it is stored; fields that are not used are handed back unchanged. */
export interface Lease {
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: LeaseSpec;
}

export interface LeaseSpec {
  /** Empty or absent once the Lease has been released. */
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  /** RFC 3339 with microseconds. */
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** The one Lease that candidates take turns to write. Each call throws KubeError. */
export interface LeaseLock {
  /** Reads the Lease; undefined where there is none. */
  get(signal: AbortSignal): Promise<Lease | undefined>;
  /** @returns what is stored now; undefined where somebody else was first (409), or it was deleted (404) */
  create(spec: LeaseSpec, signal: AbortSignal): Promise<Lease | undefined>;
  /** Updates the very version that was read: its resourceVersion is sent along. Answers as `create` does. */
  update(lease: Lease, signal: AbortSignal): Promise<Lease | undefined>;
}

const TIMEOUT_MS = 5000;

/** The Lease of this name, which need not exist yet. */
export function leaseLock(api: Api, namespace: string, name: string): LeaseLock {
  const collection = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
  const path = `${collection}/${encodeURIComponent(name)}`;
  const kind = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' };
  const call = async (one: Omit<ApiCall, 'timeoutMs'>, none: readonly number[]) => {
    try {
      return readLease(await api({ ...one, timeoutMs: TIMEOUT_MS }));
    } catch (error) {
      if (hasStatus(error, ...none)) return undefined;
      throw error;
    }
  };
  return {
    get: signal => call({ path, signal }, [404]),
    create: (spec, signal) => {
      const metadata = { namespace, name, labels: { 'app.kubernetes.io/managed-by': 'cofferdam' } };
      return call({ method: 'POST', path: collection, body: { ...kind, metadata, spec }, signal }, [409]);
    },
    update: (lease, signal) => call({ method: 'PUT', path, body: { ...kind, ...lease }, signal }, [404, 409]),
  };
}

function readLease({ metadata, spec }: KubeObject): Lease {
  if (!isMap(metadata)) throw new Error('the API server answered with no Lease');
  // The API server has checked the fields of the spec.
  return { metadata, spec: (spec ?? {}) as LeaseSpec };
}
