import { type Candidate, candidateOf } from './candidate.ts';
import { aborted, type Clock } from './clock.ts';
import type { LeaseLock } from './lease-lock.ts';

/**
 * The times of client-go's controllers (tools/leaderelection): how long a Lease is held, within what time it is renewed, and
 * after what time a candidate tries again.
 */
const DEFAULT_TIMES: LeaseTimes = { leaseMs: 15_000, renewMs: 10_000, retryMs: 2000 };
/** How much longer than `retryMs` a candidate waits at most, so that candidates do not ask together. */
const JITTER = 0.2;
/** The time for tasks to end when the process stops; the Lease is still held meanwhile. */
const END_MS = 4000;

export interface LeaseTimes {
  readonly leaseMs: number;
  /** Less than `leaseMs`, so that the leader stops before anybody may take over, even if its clock runs slower by a third. */
  readonly renewMs: number;
  readonly retryMs: number;
}

export interface Election {
  readonly lock: LeaseLock;
  /** Identifies this process and no other, not even the same Pod before a restart. */
  readonly identity: string;
  readonly clock: Clock;
  /** Called each time this process becomes the leader. Ends soon after the signal aborts, and then does nothing more. */
  readonly lead: (signal: AbortSignal) => Promise<void>;
  /** Called when the API server did not answer, or answered with an error. */
  readonly failed: (error: unknown) => void;
  readonly answered?: () => void;
  /** Called when another holder was seen, or with undefined when the Lease was released. */
  readonly changed?: (holder: string | undefined) => void;
  readonly times?: LeaseTimes;
}

/**
 * Competes for the Lease, and leads while it is held, until `stop` aborts; then releases it, so that a successor can start at
 * once. The protocol is client-go's: the holder renews the Lease, and a candidate takes it over once it has seen it unchanged
 * for as long as it lasts. A candidate measures that by its own clock, from when it saw the record; the times in the record are
 * never compared, so clocks may differ. Two never lead at once: a leader counts from before it sent the renewal, a candidate
 * from after it saw that, and the leader's time is the shorter. The exception is a machine that was suspended, whose clock
 * stood still meanwhile (clock_gettime(2), CLOCK_MONOTONIC): it learns of its successor when it renews the Lease, within
 * `retryMs`. Until then both may write; the guard and Reports are written over the version that was read.
 */
export async function compete(election: Election, stop: AbortSignal): Promise<void> {
  const { clock, lead, times = DEFAULT_TIMES } = election;
  const candidate = candidateOf({ ...election, leaseMs: times.leaseMs });
  while (!stop.aborted) {
    const sent = await attempt(candidate, election, times.renewMs, stop);
    if (sent === undefined) {
      const pause = times.retryMs * (1 + JITTER * Math.random());
      // Even if the Lease is free already, a call that failed is not repeated at once.
      await clock.sleep(Math.min(pause, candidate.freeIn() || pause), stop);
      continue;
    }
    const term = new AbortController();
    const work = lead(term.signal).then(() => true);
    await keep(candidate, sent, election, stop);
    term.abort();
    // All tasks have to end before a second term of this process, or the term of a successor, may begin.
    const waiting = new AbortController();
    const late = aborted(stop).then(() => clock.sleep(END_MS, waiting.signal));
    const ended = await Promise.race([work, late]);
    waiting.abort();
    if (stop.aborted && ended) await candidate.release().catch(election.failed);
  }
}

/** Renews the Lease until a renewal is late, another one holds it, or it is to stop. */
async function keep(
  candidate: Candidate,
  sent: number,
  election: Election,
  stop: AbortSignal,
): Promise<void> {
  const { clock, times = DEFAULT_TIMES } = election;
  let deadline = sent + times.renewMs;
  for (;;) {
    await clock.sleep(Math.min(times.retryMs, deadline - clock.now()), stop);
    if (stop.aborted || clock.now() >= deadline) return;
    const renewed = await attempt(candidate, election, deadline - clock.now(), stop);
    if (renewed !== undefined) deadline = renewed + times.renewMs;
    else if (candidate.freeIn() < Number.POSITIVE_INFINITY) return;
  }
}

/** The result; undefined where the call failed, which is reported, or took too long. */
async function attempt(
  candidate: Candidate,
  { clock, failed, answered }: Election,
  withinMs: number,
  stop: AbortSignal,
): Promise<number | undefined> {
  const over = new AbortController();
  const signal = AbortSignal.any([stop, over.signal]);
  const trying = candidate.tryToHold(signal).then(
    sent => {
      answered?.();
      return sent;
    },
    error => {
      if (!signal.aborted) failed(error);
      return undefined;
    },
  );
  // The call is raced as well as aborted, as a credential plugin that hangs knows nothing of signals.
  const first = await Promise.race([trying, clock.sleep(withinMs, signal)]);
  over.abort();
  return first ?? undefined;
}
