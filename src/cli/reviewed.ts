import type { ApiRights } from '../input/api-rights.ts';
import { type Ground, judge } from '../input/judge.ts';
import type { PodSubject } from '../input/subjects.ts';
import { MODE_LABEL } from '../pod/labels.ts';
import { type Mode, modeOf } from '../pod/mode.ts';
import type { Reviewed } from '../report/result.ts';
import { locate } from './judge.ts';

/** One mode for all, or each namespace's own. */
export type ReviewMode = Mode | 'namespace';

/**
 * Judges one subject and keeps the way back to its manifest.
 * @param options the groups of whoever creates it, and what ServiceAccounts may do
 */
export function reviewed(
  subject: PodSubject,
  ground: Ground,
  mode: ReviewMode,
  now: number,
  { groups = [], rights }: { readonly groups?: readonly string[]; readonly rights?: ApiRights } = {},
): Reviewed {
  const { apiVersion, kind, name, namespace, source, pod, isFragment } = subject;
  const serviceAccount = pod.spec?.serviceAccountName;
  const beside = rights?.notesFor(subject) ?? [];
  return {
    apiVersion,
    kind,
    name,
    namespace,
    source,
    ...(serviceAccount && { serviceAccount }),
    ...(isFragment && { isFragment }),
    ...(beside.length > 0 && { beside }),
    // A namespace without the label is taken to be one that enforces: whoever reviews wants the strict answer.
    mode: mode === 'namespace' ? modeOf(ground.view.namespace(namespace)?.labels[MODE_LABEL]) : mode,
    decision: judge(subject, ground, now, groups),
    locate: field => locate(subject, field),
  };
}
