import type { Clock } from './clock.ts';
import type { Lease, LeaseLock, LeaseSpec } from './lease-lock.ts';

/** One that asks for the Lease by an identity of its own. Its calls throw what those of the lock throw. */
export interface Candidate {
  /**
   * Takes the Lease or renews it.
   * @returns when that was sent; undefined where another holds it or was first
   */
  tryToHold(signal: AbortSignal): Promise<number | undefined>;
  /** Milliseconds until the Lease that another holds can be taken over; infinite where none does. */
  freeIn(): number;
  release(): Promise<void>;
}

/** The process is on its way out. */
const RELEASE_MS = 4000;

export interface CandidateOptions {
  readonly lock: LeaseLock;
  readonly identity: string;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly changed?: (holder: string | undefined) => void;
}

export function candidateOf({ lock, identity, clock, leaseMs, changed }: CandidateOptions): Candidate {
  let seen: { readonly lease: Lease; readonly at: number } | undefined;
  const observe = (lease: Lease): void => {
    if (lease.spec.holderIdentity !== seen?.lease.spec.holderIdentity) changed?.(lease.spec.holderIdentity);
    const same = seen !== undefined && JSON.stringify(lease.spec) === JSON.stringify(seen.lease.spec);
    seen = { lease, at: same ? (seen?.at ?? 0) : clock.now() };
  };
  const held = (before: LeaseSpec = {}): LeaseSpec => {
    const now = new Date(clock.date()).toISOString().replace('Z', '000Z');
    const mine = before.holderIdentity === identity;
    return {
      ...before,
      holderIdentity: identity,
      leaseDurationSeconds: leaseMs / 1000,
      acquireTime: mine ? (before.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: (before.leaseTransitions ?? -1) + (mine ? 0 : 1),
    };
  };
  const write = async (put: () => Promise<Lease | undefined>): Promise<number | undefined> => {
    const sent = clock.now();
    const written = await put();
    if (written === undefined) return undefined;
    observe(written);
    return sent;
  };
  const freeIn = (): number => {
    const { holderIdentity, leaseDurationSeconds = leaseMs / 1000 } = seen?.lease.spec ?? {};
    if (!seen || !holderIdentity || holderIdentity === identity) return Number.POSITIVE_INFINITY;
    return Math.max(0, seen.at + leaseDurationSeconds * 1000 - clock.now());
  };
  const renew = ({ metadata, spec }: Lease, signal: AbortSignal) =>
    write(() => lock.update({ metadata, spec: held(spec) }, signal));
  return {
    freeIn,
    tryToHold: async signal => {
      // As it was written last: most often nobody has touched it since.
      const renewed =
        seen?.lease.spec.holderIdentity === identity ? await renew(seen.lease, signal) : undefined;
      if (renewed !== undefined) return renewed;
      const found = await lock.get(signal);
      if (!found) return write(() => lock.create(held(), signal));
      observe(found);
      const free = freeIn();
      return free === 0 || free === Number.POSITIVE_INFINITY ? renew(found, signal) : undefined;
    },
    release: async () => {
      const signal = AbortSignal.timeout(RELEASE_MS);
      const found = await lock.get(signal);
      if (found?.spec.holderIdentity !== identity) return;
      const { holderIdentity: _, ...spec } = found.spec;
      await lock.update({ metadata: found.metadata, spec: { ...spec, leaseDurationSeconds: 1 } }, signal);
    },
  };
}
