import type { Decision, Verdict } from '../decision/decision.ts';
import type { Pod } from '../pod/kube.ts';
import type { AdmissionResponse } from './respond.ts';
import type { AdmissionRequest } from './review.ts';

/** `mutate` sees a Pod before it is stored and may change it; `validate` judges what it has become. */
export type Path = 'mutate' | 'validate';

/** The answer to a review, and what to record about it. */
export interface Judgement {
  readonly response: AdmissionResponse;
  readonly verdict: Verdict | 'not-judged' | 'unreadable';
  readonly request?: AdmissionRequest;
  readonly pod?: Pod;
  readonly decision?: Decision;
  readonly problem?: string;
}
