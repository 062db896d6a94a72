import { type Ground, judge } from '../input/judge.ts';
import type { PodSubject } from '../input/subjects.ts';
import type { Mode } from '../pod/mode.ts';
import type { Reviewed } from '../report/result.ts';
import { locate } from './judge.ts';
import type { Scope } from './scope.ts';

/** One mode for all, or each namespace's own. */
export type ReviewMode = Mode | 'namespace';

/** For which mode verdicts are told, and where nobody asks for one. */
export interface Asked {
  readonly mode: ReviewMode;
  readonly scope: Scope;
}

/** Judges one subject and keeps the way back to its manifest. */
export function reviewed(
  subject: PodSubject,
  ground: Ground,
  { mode, scope }: Asked,
  now: number,
  groups: readonly string[] = [],
): Reviewed {
  const { apiVersion, kind, name, namespace, source, pod, isFragment } = subject;
  const inScope = scope(ground.view.namespace(namespace) ?? { name: namespace, labels: {} }, mode);
  const serviceAccount = pod.spec?.serviceAccountName;
  return {
    apiVersion,
    kind,
    name,
    namespace,
    source,
    ...(serviceAccount && { serviceAccount }),
    ...(isFragment && { isFragment }),
    mode: inScope ?? 'off',
    ...(inScope === undefined && { outOfScope: true }),
    decision: judge(subject, ground, now, groups),
    locate: field => locate(subject, field),
  };
}
