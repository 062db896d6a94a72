import type { Decision } from '../../decision/decision.ts';
import { smallestChangeOfService } from '../../fix/service.ts';
import { type Mended, smallestChange } from '../../fix/smallest.ts';
import { isExtended } from '../../input/compose/compose.ts';
import { atLeast } from '../../profiles/isolation.ts';
import type { Fix } from '../../report/fix/fixes.ts';
import type { CliIo } from '../console/io.ts';
import { progressOn } from '../console/progress.ts';
import type { Asked, ExplainOptions } from './asked.ts';
import { type Candidate, judging } from './judge.ts';

/** Whether nothing has to be changed. Nobody asks about what is out of scope, and nobody sets the runtime of a service. */
export const isReached = ({ review: { result } }: Candidate, { to }: ExplainOptions): boolean =>
  result.outOfScope === true || (isEnough(result.decision, to) && !lacksRuntime(result.decision));

const lacksRuntime = ({ isService, verdict }: Decision): boolean =>
  isService === true && verdict === 'sandbox';

const isEnough = ({ verdict, isolation = 'host-kernel' }: Decision, to: ExplainOptions['to']): boolean =>
  verdict !== 'reject' && (to === undefined || atLeast(to, isolation));

/** An object with the smallest change of it. */
export interface Searched extends Candidate {
  readonly fix: Fix;
  /** The change; left out where a program cannot change enough. */
  readonly mended?: Mended;
}

/** Searches for the smallest change of each object. */
export function searched(
  wanting: readonly Candidate[],
  { groundOf }: Asked,
  options: ExplainOptions,
  now: number,
  io: CliIo,
): readonly Searched[] {
  const judge = judging(groundOf, options, now);
  const aim = {
    judge: (subject: Candidate['subject']) => judge(subject).result.decision,
    isReached: (decision: Decision) => isEnough(decision, options.to),
    freely: options.to !== undefined,
  };
  const progress = progressOn(io, 'look for changes:', wanting.length);
  const found = wanting.map((candidate, i): Searched => {
    progress.tick(i);
    const { result } = candidate.review;
    const { subject } = candidate;
    const search = subject.isService ? smallestChangeOfService : smallestChange;
    const mended = search(subject, result.decision, aim);
    const { changes } = mended;
    if ('left' in mended) {
      return { ...candidate, fix: { result, changes, edits: [], after: mended.left, byHand: 'not enough' } };
    }
    if (subject.isService && isExtended(subject.document.value, subject.name)) {
      return {
        ...candidate,
        fix: { result, changes, edits: [], after: mended.decision, byHand: 'extended' },
      };
    }
    return { ...candidate, mended, fix: { result, changes, edits: mended.edits, after: mended.decision } };
  });
  progress.end();
  return found;
}
