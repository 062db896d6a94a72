import { DEBUG_CONSOLE, hasDebugConsole } from '../profiles/flaws.ts';
import { atLeast, type Isolation } from '../profiles/isolation.ts';
import type { Profile } from '../profiles/profile.ts';
import type { Seen } from './classify.ts';
import { wouldTellEncryption } from './marks.ts';
import type { Transcript } from './transcript.ts';

export const VERDICTS = ['verified', 'not what it claims', 'could not run'] as const;
/** `could not run` includes a probe that ran and gave no answer. */
export type Verdict = (typeof VERDICTS)[number];

/** The result of comparing a promise with what was seen. */
export interface Judged {
  readonly verdict: Verdict;
  /** One sentence without its full stop, where the verdict needs an explanation; and what to do, where something is wrong. */
  readonly note?: string;
}

/** Compares what was seen with the isolation that the profile of the handler promises. Pure. */
export function judge(seen: Seen, transcript: Transcript, profile: Profile, handler: string): Judged {
  const { isolation } = seen;
  const promised = profile.isolation;
  if (isolation === undefined) {
    return {
      verdict: 'could not run',
      note: 'what the probe sees does not tell a sandbox from the host kernel',
    };
  }
  if (promised === 'host-kernel')
    return { verdict: 'verified', note: promiseless(isolation, profile, handler) };
  if (isolation === promised || (promised === 'vm' && atLeast(isolation, 'vm')))
    return { verdict: 'verified' };
  if (promised === 'confidential-vm' && isolation === 'vm' && !wouldTellEncryption(transcript)) {
    return {
      verdict: 'could not run',
      note: "it is a VM, and whether its memory is encrypted is not known: its kernel's log does not tell",
    };
  }
  return { verdict: 'not what it claims', note: mismatch(isolation, profile) };
}

/** No sandbox was promised, so none is missing. */
function promiseless(isolation: Isolation, profile: Profile, handler: string): string {
  const isKnown = profile.handlers.includes(handler);
  if (isolation === 'host-kernel') {
    return `this is no sandbox, and none is promised${isKnown ? '' : ', as no profile names the handler'}`;
  }
  const why = hasDebugConsole(handler) ? DEBUG_CONSOLE : profile.isolationReason;
  if (why !== undefined) {
    return `this Pod was in a sandbox (${isolation}), but the handler counts as the host kernel all the same: ${why}`;
  }
  return isKnown
    ? `this is a sandbox (${isolation}), but profile ${profile.id} does not say so of the handler; name the handler in a SandboxProfile of your own`
    : `this is a sandbox (${isolation}) whose handler no profile knows; vouch for it in a SandboxProfile, which --write-profiles drafts`;
}

const mismatch = (isolation: Isolation, { id }: Profile): string =>
  isolation === 'host-kernel'
    ? "its Pods share the node's kernel: set the handler up there as the sandbox that it is named for, or remove it"
    : `this is a different sandbox from the one that profile ${id} describes; name the handler in a SandboxProfile of your own`;

/**
 * Compares what a privileged probe sees of the node's disks with what the profile says about privileged containers. Pure. If
 * they are `contained`, there may be no disk at all; if they are `degraded`, none that can be read.
 */
export function judgeDisks(
  { readableDisks, deadDisks }: Transcript,
  profile: Profile,
): Judged & { readonly evidence: readonly string[] } {
  const evidence = [
    ...(readableDisks.length > 0 ? [`disks that can be read: ${readableDisks.join(', ')}`] : []),
    ...(deadDisks.length > 0 ? [`disks that are listed and cannot be read: ${deadDisks.join(', ')}`] : []),
    ...(readableDisks.length + deadDisks.length === 0 ? ['no disk in /dev'] : []),
  ];
  const word = profile.signals.get('privileged');
  const offending = word?.support === 'contained' ? [...readableDisks, ...deadDisks] : readableDisks;
  if (offending.length === 0) return { verdict: 'verified', evidence };
  if (word?.support === 'exposed' || word?.support === 'unsupported') {
    return {
      verdict: 'verified',
      note: `the profile of the handler says so of privileged containers: ${word.reason}`,
      evidence,
    };
  }
  return {
    verdict: 'not what it claims',
    note: 'privileged containers are given disks of the host; set privileged_without_host_devices for the handler, or say in a SandboxProfile that it is not set',
    evidence,
  };
}
