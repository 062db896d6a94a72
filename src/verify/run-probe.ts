import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import type { Profile } from '../profiles/profile.ts';
import { reasonOf } from '../source/reason.ts';
import type { VerifyApi } from './api.ts';
import { classify, type Seen } from './classify.ts';
import { type Judged, judge, judgeDisks } from './judge.ts';
import { type Probe, podFor, type Run } from './probe.ts';
import { complaintOf, stateOf } from './state.ts';
import { readTranscript } from './transcript.ts';

/** The result of one probe. */
export interface Checked extends Probe, Judged {
  readonly profile: Profile;
  /** Undefined where the probe did not run. */
  readonly seen: Seen | undefined;
  readonly evidence: readonly string[];
  /** The disks that a privileged probe saw; undefined where none looked. */
  readonly disks?: readonly string[];
}

export interface Context {
  readonly api: VerifyApi;
  readonly run: Run;
  readonly signal: AbortSignal;
}

/** The pause between two looks at a Pod, in milliseconds. */
const STEP_MS = 500;

/**
 * Runs one probe and judges what it saw. Its Pod is deleted whatever happens.
 * @throws only when `signal` aborts
 */
export async function runProbe(
  context: Context,
  probe: Probe,
  profile: Profile,
  index: number,
): Promise<Checked> {
  const told =
    probe.target.obstacle === undefined
      ? await transcriptOf(context, podFor(context.run, probe, index))
      : undefined;
  if (told?.text === undefined) {
    const note = told?.why ?? probe.target.obstacle ?? '';
    return { ...probe, profile, verdict: 'could not run', note, seen: undefined, evidence: [] };
  }
  const transcript = readTranscript(told.text);
  const seen = classify(transcript, probe.target.kernel);
  const judged = judge(seen, transcript, profile, probe.target.handler);
  const disks = probe.privileged && { disks: [...transcript.readableDisks, ...transcript.deadDisks] };
  // It means little what a privileged container reaches where there is no sandbox.
  if (!probe.privileged || judged.verdict !== 'verified') {
    return { ...probe, profile, ...judged, seen, evidence: seen.evidence, ...disks };
  }
  const { evidence, ...judgedDisks } = judgeDisks(transcript, profile);
  return { ...probe, profile, ...judgedDisks, seen, evidence: [...evidence, ...seen.evidence], ...disks };
}

type Told = { readonly text: string } | { readonly text?: undefined; readonly why: string };

async function transcriptOf({ api, run, signal }: Context, pod: V1Pod): Promise<Told> {
  const name = pod.metadata?.name ?? '';
  try {
    await createSoon(() => api.createPod(run.namespace, pod), signal);
    const why = await ended(api, run, name, signal);
    return why === undefined ? { text: await api.log(run.namespace, name) } : { why };
  } catch (error) {
    signal.throwIfAborted();
    return { why: reasonOf(error) };
  } finally {
    // A Pod that cannot be deleted ends by its deadline, and is removed with its namespace or by the next run.
    await api.deletePod(run.namespace, name).catch(() => undefined);
  }
}

const MOST_LOOKS = 20;

/** A namespace gets its service account a moment after it was created, and accepts no Pod before. */
async function createSoon(create: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let left = MOST_LOOKS; ; left -= 1) {
    signal.throwIfAborted();
    try {
      return await create();
    } catch (error) {
      if (left === 0 || !/serviceaccount .* not found/.test(reasonOf(error))) throw error;
    }
    await sleep(STEP_MS, undefined, { signal });
  }
}

/**
 * Waits for the end of a Pod.
 * @returns why it will not end, if so
 */
async function ended(
  api: VerifyApi,
  { namespace, timeoutSeconds }: Run,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    await sleep(STEP_MS, undefined, { signal });
    const state = stateOf(await api.pod(namespace, name));
    if (state.phase === 'ended') return undefined;
    if (state.phase === 'failed') return state.why;
    if (Date.now() < deadline) continue;
    // Events only help; without the right to read them, there is still the state of the Pod.
    const complaint = complaintOf(await api.events(namespace, name).catch(() => []));
    return `the probe did not finish within ${timeoutSeconds} s: ${complaint ?? state.why}`;
  }
}
