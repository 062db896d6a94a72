import type { Decision } from '../decision/decision.ts';
import type { PodSubject } from '../input/subjects.ts';
import { runtimeChange } from './change.ts';
import { revised } from './revise.ts';
import { type Aim, type Mended, smallestChange, type Unmended } from './smallest.ts';

/**
 * The fewest changes with which a service of a Compose file gets the wanted verdict, and the runtime that it then has to name,
 * as nothing sets it for services as an admission webhook does for Pods.
 * @param before the decision on the service as it is
 * @param aim treats a runtime that has to be set like one that is set
 */
export function smallestChangeOfService(subject: PodSubject, before: Decision, aim: Aim): Mended | Unmended {
  const found = aim.isReached(before) ? undefined : smallestChange(subject, before, aim);
  if (found && ('left' in found || found.decision.verdict !== 'sandbox')) return found;
  const { runtimeClass = '' } = found?.decision ?? before;
  const others = (found?.changes ?? []).filter(({ because }) => because.what !== 'class');
  const changes = [runtimeChange(subject, runtimeClass), ...others];
  const done = revised(
    subject,
    changes.flatMap(({ edits }) => edits),
  );
  const decision = done ? aim.judge(done.subject) : before;
  const isEnough = decision.verdict === 'admit' && aim.isReached(decision);
  return done && isEnough ? { ...done, changes, decision } : { changes, left: decision };
}
