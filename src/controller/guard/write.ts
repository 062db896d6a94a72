import { isDeepStrictEqual } from 'node:util';
import { type Guard, NOTHING, NOTHING_REFUSED, type Refused } from '../../guard/guard.ts';
import type { ClusterObject } from '../../guard/left-out.ts';
import type { AdmissionPolicy } from '../../guard/object.ts';
import type { Api } from '../../kube/api.ts';
import { hasStatus, KubeError } from '../../kube/error.ts';
import type { Snapshot } from '../../policy/policy.ts';
import { findRefused, type Takes } from './refused.ts';

/** The path of a policy. Reading and updating two objects is all that writing needs. */
const pathOf = (name: string): string =>
  `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${name}`;
export const TIMEOUT_MS = 10_000;

/** A policy that is in force. @throws KubeError, of status 404 where none is installed */
export const storedPolicy = async (name: string, api: Api, signal: AbortSignal): Promise<AdmissionPolicy> =>
  (await api({ path: pathOf(name), timeoutMs: TIMEOUT_MS, signal })) as object as AdmissionPolicy;

/** @throws KubeError */
export type Write = (policy: AdmissionPolicy, dryRun: boolean) => Promise<unknown>;

/** Writes over the version that was read; if somebody wrote in between, that is a conflict. */
export const writerOver =
  (stored: AdmissionPolicy, api: Api, signal: AbortSignal): Write =>
  (policy, dryRun) =>
    api({
      method: 'PUT',
      path: `${pathOf(stored.metadata.name)}${dryRun ? '?dryRun=All' : ''}`,
      body: bodyOf(stored, policy),
      timeoutMs: TIMEOUT_MS,
      signal,
    });

/** Asks by dry-run writes. */
export const takesBy =
  (write: Write): Takes =>
  ({ policy }) =>
    write(policy, true).then(() => true, refusedOrThrow);

/** The whole guard where the API server takes it, otherwise as much of it as it takes; undefined where that is nothing. */
export async function takenOf(
  wanted: Guard,
  snapshot: Snapshot,
  make: (refused: Refused) => Guard,
  takes: Takes,
): Promise<Taken | undefined> {
  if (await takes(wanted)) return { guard: wanted };
  return takenWithout([], snapshot, make, takes);
}

export interface Taken {
  readonly guard: Guard;
  readonly refused?: Refused;
}

/** The part of the guard that the API server takes without these; undefined where that is nothing. */
export async function takenWithout(
  atFault: readonly ClusterObject[],
  snapshot: Snapshot,
  make: (refused: Refused) => Guard,
  takes: Takes,
): Promise<Taken | undefined> {
  const namesOf = (kind: ClusterObject['kind']) =>
    new Set(atFault.filter(one => one.kind === kind).map(({ name }) => name));
  const ofCluster = {
    exemptions: namesOf('SandboxExemption'),
    policies: namesOf('ClusterSandboxPolicy'),
  };
  const without = { ...NOTHING_REFUSED, ...ofCluster };
  if (atFault.length > 0) {
    const guard = make(without);
    if (await takes(guard)) return { guard, refused: without };
  }
  const refused = await findRefused(snapshot, make, takes, ofCluster);
  return refused && { guard: make(refused), refused };
}

/** Whether a failed write may have been carried out: it was not answered, or with an error of the server's own. */
export const mayBeStored = (error: unknown): boolean =>
  !(error instanceof KubeError) || error.status === undefined || error.status >= 500;

/** The body carries the version that was read, so whatever was written in between has to be read first. */
function bodyOf(stored: AdmissionPolicy, wanted: AdmissionPolicy): object {
  const annotations = { ...stored.metadata.annotations, ...wanted.metadata.annotations };
  return { ...stored, metadata: { ...stored.metadata, annotations }, spec: wanted.spec };
}

/** Returns false for an object that the API server cannot take because it is malformed, too large, or invalid. */
export function refusedOrThrow(error: unknown): false {
  if (hasStatus(error, 400, 413, 422)) return false;
  throw error;
}

/** Whether what is stored says all that the leader would write. */
export const isSame = (stored: AdmissionPolicy, wanted: AdmissionPolicy): boolean =>
  Object.entries(wanted.metadata.annotations ?? {}).every(
    ([key, value]) => stored.metadata.annotations?.[key] === value,
  ) && isDeepStrictEqual(stored.spec, wanted.spec);

/** Whether a policy says nothing, as when it has just been installed. */
export const isSilent = ({ spec }: AdmissionPolicy): boolean => (spec.validations ?? []).length === 0;

/**
 * A policy that says nothing any more. One that nobody keeps in step would go on denying by the policies and RuntimeClasses of
 * the day when it was written.
 */
export const silenced = (policy: AdmissionPolicy): AdmissionPolicy => {
  const { matchConditions: _, variables: __, ...spec } = policy.spec;
  return { ...policy, spec: { ...spec, validations: [], auditAnnotations: NOTHING } };
};
