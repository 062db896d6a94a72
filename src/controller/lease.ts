import { type Candidate, candidateOf } from './candidate.ts';
import { aborted, type Clock } from './clock.ts';
import type { LeaseLock } from './lease-lock.ts';

/** The times of client-go's controllers (tools/leaderelection): held for, renewed within, tried again after. */
const DEFAULT_TIMES: LeaseTimes = { leaseMs: 15_000, renewMs: 10_000, retryMs: 2000 };
/** How much longer than `retryMs` a candidate waits at most, so that candidates do not ask together. */
const JITTER = 0.2;
/** The time for tasks that were told to end because the process stops; the Lease still holds meanwhile. */
const END_MS = 4000;

export interface LeaseTimes {
  readonly leaseMs: number;
  /** Less than `leaseMs`: the leader stops before anybody may take over, even where its clock runs a third slower. */
  readonly renewMs: number;
  readonly retryMs: number;
}

export interface Election {
  readonly lock: LeaseLock;
  /** The identity of this process and of no other, not even of the same Pod before a restart. */
  readonly identity: string;
  readonly clock: Clock;
  /** Called each time this process becomes the leader. Ends soon after the signal aborts, and then does nothing more. */
  readonly lead: (signal: AbortSignal) => Promise<void>;
  /** The API server did not answer, or not with success. */
  readonly failed: (error: unknown) => void;
  readonly answered?: () => void;
  /** Another holder was seen; undefined where the Lease was given up. */
  readonly changed?: (holder: string | undefined) => void;
  readonly times?: LeaseTimes;
}

/**
 * Competes for the Lease, and leads while it is held, until `stop` aborts; then gives it up, so that a successor can
 * start at once. The protocol is client-go's: whoever holds the Lease renews it, and a candidate takes it over once it
 * has seen it unchanged for as long as it lasts. That is measured by one's own clock from when the record was seen;
 * the times in it are never compared, so clocks may differ. Never two lead: a leader counts from before it sent what
 * renewed the Lease, a candidate from after it saw that, and the leader's time is the shorter. But for a machine that was
 * suspended, whose clock stood still meanwhile (clock_gettime(2), CLOCK_MONOTONIC): it learns of its successor when it renews
 * the Lease, within `retryMs`. Until then two may write; the guard and Reports are written over the version that was read.
 */
export async function compete(election: Election, stop: AbortSignal): Promise<void> {
  const { clock, lead, times = DEFAULT_TIMES } = election;
  const candidate = candidateOf({ ...election, leaseMs: times.leaseMs });
  while (!stop.aborted) {
    const sent = await attempt(candidate, election, times.renewMs, stop);
    if (sent === undefined) {
      const pause = times.retryMs * (1 + JITTER * Math.random());
      // Where it is free already, what failed is not to be asked for again at once.
      await clock.sleep(Math.min(pause, candidate.freeIn() || pause), stop);
      continue;
    }
    const term = new AbortController();
    const work = lead(term.signal).then(() => true);
    await keep(candidate, sent, election, stop);
    term.abort();
    // Neither a second term of this process nor a successor's may begin before all has ended.
    const waiting = new AbortController();
    const late = aborted(stop).then(() => clock.sleep(END_MS, waiting.signal));
    const ended = await Promise.race([work, late]);
    waiting.abort();
    if (stop.aborted && ended) await candidate.release().catch(election.failed);
  }
}

/** Renews until it was not renewed in time, another holds the Lease, or it is to stop. */
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

/** Undefined also where it failed, which is told, and where it took too long. */
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
  // Raced, not only aborted: a credential plugin that hangs does not know of signals.
  const first = await Promise.race([trying, clock.sleep(withinMs, signal)]);
  over.abort();
  return first ?? undefined;
}
