import { MODES, type Mode } from '../pod/mode.ts';
import type { Decision } from './decision.ts';

/** Why a namespace starts in a mode; reasons for the lowest mode come first. */
export const START_REASONS = {
  rejected: 'something would be rejected that no exemption lets in',
  exempt: 'something needs an exemption, which is to be signed first',
  degraded: 'something would work differently in its sandbox, or find no node with it now',
  unseen: 'nothing runs there, so nothing is known of it',
  sandboxed: 'something would be put into a sandbox, in which all that it asks for works',
  unchanged: 'everything stays as it is',
} as const;
export type StartReason = keyof typeof START_REASONS;

/** The highest mode in which nothing is refused, and nothing works differently before somebody has taken care of it. */
const MODE_FOR: Readonly<Record<StartReason, Mode>> = {
  rejected: 'warn',
  exempt: 'warn',
  degraded: 'warn',
  unseen: 'warn',
  sandboxed: 'inject',
  unchanged: 'enforce',
};

/** The mode in which a namespace starts. */
export interface StartMode {
  readonly mode: Mode;
  readonly because: StartReason;
}

/**
 * The mode in which a namespace starts. Pure.
 * @param decisions those on everything that runs there
 * @param exempt whether something is rejected without the suggested exemptions
 * @param current the mode of its label, which is lowered only where something would be rejected in it
 */
export function startMode(
  decisions: readonly Decision[],
  exempt: (decision: Decision) => boolean,
  current: Mode | undefined,
): StartMode {
  const because = reasonFor(decisions, exempt);
  const own = MODE_FOR[because];
  if (current === undefined) return { mode: own, because };
  const kept = because === 'rejected' && current === 'enforce' ? 'inject' : current;
  return { mode: MODES.indexOf(kept) > MODES.indexOf(own) ? kept : own, because };
}

function reasonFor(decisions: readonly Decision[], exempt: (decision: Decision) => boolean): StartReason {
  if (decisions.some(({ verdict }) => verdict === 'reject')) return 'rejected';
  if (decisions.some(exempt)) return 'exempt';
  if (decisions.some(isDegraded)) return 'degraded';
  if (decisions.length === 0) return 'unseen';
  return decisions.some(({ verdict }) => verdict === 'sandbox') ? 'sandboxed' : 'unchanged';
}

/** Whether it would work differently; a Pod that names its class already runs there. */
function isDegraded({ verdict, placement }: Decision): boolean {
  const chosen = placement.find(step => step.chosen);
  return verdict === 'sandbox' && chosen !== undefined && (chosen.degraded.length > 0 || !chosen.available);
}
