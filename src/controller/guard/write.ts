import { isDeepStrictEqual } from 'node:util';
import { type Guard, NOTHING, NOTHING_REFUSED, type Refused } from '../../guard/guard.ts';
import type { ClusterObject } from '../../guard/left-out.ts';
import type { AdmissionPolicy } from '../../guard/object.ts';
import type { Api } from '../../kube/api.ts';
import { hasStatus, KubeError } from '../../kube/error.ts';
import type { Snapshot } from '../../policy/policy.ts';
import { findRefused, type Takes } from './refused.ts';

/** The API calls: to get and to update two objects is all that is needed to write. */
const pathOf = (name: string): string =>
  `/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/${name}`;
export const TIMEOUT_MS = 10_000;

/** A policy that is in force. @throws KubeError, of status 404 where none is installed */
export const storedPolicy = async (name: string, api: Api, signal: AbortSignal): Promise<AdmissionPolicy> =>
  (await api({ path: pathOf(name), timeoutMs: TIMEOUT_MS, signal })) as object as AdmissionPolicy;

/** @throws KubeError */
export type Write = (policy: AdmissionPolicy, dryRun: boolean) => Promise<unknown>;

/** Writes in the place of the one that was read; one that somebody wrote in between is a conflict. */
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

/** Asks by writes that are not carried out. */
export const takesBy =
  (write: Write): Takes =>
  ({ policy }) =>
    write(policy, true).then(() => true, refusedOrThrow);

/** The guard itself where the API server takes it, or as much of it as it takes; undefined where that is nothing. */
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

/** What was not answered, or with an error of the server's own, may have been carried out. */
export const mayBeStored = (error: unknown): boolean =>
  !(error instanceof KubeError) || error.status === undefined || error.status >= 500;

/** The body has the version that was read: what was written in between is read first. */
function bodyOf(stored: AdmissionPolicy, wanted: AdmissionPolicy): object {
  const annotations = { ...stored.metadata.annotations, ...wanted.metadata.annotations };
  return { ...stored, metadata: { ...stored.metadata, annotations }, spec: wanted.spec };
}

/** What the API server says of an object that it cannot take: malformed, too large, or invalid. */
export function refusedOrThrow(error: unknown): false {
  if (hasStatus(error, 400, 413, 422)) return false;
  throw error;
}

/** Whether what is stored says all that the leader would write. */
export const isSame = (stored: AdmissionPolicy, wanted: AdmissionPolicy): boolean =>
  Object.entries(wanted.metadata.annotations ?? {}).every(
    ([key, value]) => stored.metadata.annotations?.[key] === value,
  ) && isDeepStrictEqual(stored.spec, wanted.spec);

/** Whether a policy has nothing to say, as an installer makes it. */
export const isSilent = ({ spec }: AdmissionPolicy): boolean => (spec.validations ?? []).length === 0;

/**
 * A policy that has nothing to say any more. What nobody keeps in step would go on denying by the policies and RuntimeClasses
 * of the day when it was written.
 */
export const silenced = (policy: AdmissionPolicy): AdmissionPolicy => {
  const { matchConditions: _, variables: __, ...spec } = policy.spec;
  return { ...policy, spec: { ...spec, validations: [], auditAnnotations: NOTHING } };
};
