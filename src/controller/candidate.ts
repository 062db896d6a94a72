import type { Clock } from './clock.ts';
import type { Lease, LeaseLock, LeaseSpec } from './lease-lock.ts';

/** One that competes for the Lease under an identity of its own. Its calls throw what those of the lock throw. */
export interface Candidate {
  /**
   * Takes the Lease or renews it.
   * @returns when the request was sent; undefined where another one holds the Lease or was first
   */
  tryToHold(signal: AbortSignal): Promise<number | undefined>;
  /** The milliseconds until a Lease that another one holds can be taken over; infinite where none does. */
  freeIn(): number;
  release(): Promise<void>;
}

/** The time to release the Lease, while the process is stopping. */
const RELEASE_MS = 4000;

export interface CandidateOptions {
  readonly lock: LeaseLock;
  readonly identity: string;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly changed?: (holder: string | undefined) => void;
}

/** Makes a candidate that has not asked for anything yet. */
export function candidateOf(options: CandidateOptions): Candidate {
  const { lock, identity, clock } = options;
  const { observe, mine, freeIn } = observer(options);
  const write = async (put: () => Promise<Lease | undefined>): Promise<number | undefined> => {
    const sent = clock.now();
    const written = await put();
    if (written === undefined) return undefined;
    observe(written);
    return sent;
  };
  const renew = ({ metadata, spec }: Lease, signal: AbortSignal) =>
    write(() => lock.update({ metadata, spec: heldNow(spec, options) }, signal));
  return {
    freeIn,
    tryToHold: async signal => {
      // The Lease is assumed to be as it was written last: most often nobody has touched it since.
      const last = mine();
      const renewed = last && (await renew(last, signal));
      if (renewed !== undefined) return renewed;
      const found = await lock.get(signal);
      if (!found) return write(() => lock.create(heldNow({}, options), signal));
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

/** Keeps what is known of the Lease, and since when, by the clock of this process. */
function observer({ identity, clock, leaseMs, changed }: CandidateOptions) {
  let seen: { readonly lease: Lease; readonly at: number } | undefined;
  return {
    observe: (lease: Lease): void => {
      const { holderIdentity } = lease.spec;
      if (holderIdentity !== seen?.lease.spec.holderIdentity) changed?.(holderIdentity);
      const same = seen !== undefined && JSON.stringify(lease.spec) === JSON.stringify(seen.lease.spec);
      seen = { lease, at: same ? (seen?.at ?? 0) : clock.now() };
    },
    /** The Lease, where this one holds it. */
    mine: (): Lease | undefined => (seen?.lease.spec.holderIdentity === identity ? seen.lease : undefined),
    freeIn: (): number => {
      const { holderIdentity, leaseDurationSeconds = leaseMs / 1000 } = seen?.lease.spec ?? {};
      if (!seen || !holderIdentity || holderIdentity === identity) return Number.POSITIVE_INFINITY;
      // Every replica holds it for this long. A longer time was written by somebody else, to keep them all from it.
      const holdsMs = Math.min(leaseDurationSeconds * 1000, leaseMs);
      return Math.max(0, seen.at + holdsMs - clock.now());
    },
  };
}

/** What to write in place of `before`, to take the Lease or to renew it. */
function heldNow(before: LeaseSpec, { identity, leaseMs, clock }: CandidateOptions): LeaseSpec {
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
}
