import type { Decision } from '../../decision/decision.ts';
import { type Mended, smallestChange } from '../../fix/smallest.ts';
import { atLeast } from '../../profiles/isolation.ts';
import type { Fix } from '../../report/fix/fixes.ts';
import type { CliIo } from '../console/io.ts';
import { progressOn } from '../console/progress.ts';
import type { Asked, ExplainOptions } from './asked.ts';
import { type Candidate, judging } from './judge.ts';

/** Whether nothing has to be changed. Nobody asks about what is out of scope. */
export const isReached = ({ review: { result } }: Candidate, { to }: ExplainOptions): boolean =>
  result.outOfScope === true || isEnough(result.decision, to);

const isEnough = ({ verdict, isolation = 'host-kernel' }: Decision, to: ExplainOptions['to']): boolean =>
  verdict !== 'reject' && (to === undefined || atLeast(to, isolation));

/** An object with the smallest change of it. */
export interface Found extends Candidate {
  readonly fix: Fix;
  /** Left out where a program cannot change enough. */
  readonly mended?: Mended;
}

/** Looks for the smallest change of each. */
export function searched(
  wanting: readonly Candidate[],
  { ground }: Asked,
  options: ExplainOptions,
  now: number,
  io: CliIo,
): readonly Found[] {
  const judge = judging(ground, options, now);
  const aim = {
    judge: (subject: Candidate['subject']) => judge(subject).result.decision,
    isReached: (decision: Decision) => isEnough(decision, options.to),
    freely: options.to !== undefined,
  };
  const progress = progressOn(io, 'look for changes:', wanting.length);
  const found = wanting.map((candidate, i): Found => {
    progress.tick(i);
    const { result } = candidate.review;
    const mended = smallestChange(candidate.subject, result.decision, aim);
    const { changes } = mended;
    if ('left' in mended) {
      return { ...candidate, fix: { result, changes, edits: [], after: mended.left, byHand: 'not enough' } };
    }
    return { ...candidate, mended, fix: { result, changes, edits: mended.edits, after: mended.decision } };
  });
  progress.end();
  return found;
}
