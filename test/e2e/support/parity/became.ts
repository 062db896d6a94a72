import type { V1Pod } from '@kubernetes/client-node';
import {
  INJECTED_ANNOTATION,
  POLICY_ANNOTATION,
  REQUIRED_ANNOTATION,
  SCORE_ANNOTATION,
} from '../../../../src/pod/annotations.ts';
import { type Mode, modeOf, reaches } from '../../../../src/pod/mode.ts';
import type { Compared } from './compared.ts';
import type { Created } from './creation.ts';
import { onItsNode, type Result } from './said.ts';

/**
 * What contradicts a review: a stored Pod that it says is rejected, one that is not stored though it does not say so, and one
 * in another class, or with other annotations, than it says.
 */
export function contradictions(
  { workload: { metadata }, mode: label, result, review, asked }: Compared,
  { stored, refused }: Created,
): readonly string[] {
  const mode = modeOf(label);
  const { name } = metadata;
  const pods = stored.get(name) ?? [];
  const refusal = refused.get(name) ?? '';
  const deniedByUs = refusal.includes('.cofferdam.dev" denied the request');
  if (mode === 'enforce' && review.verdict === 'reject') {
    return pods.length > 0 || !deniedByUs ? [`${name}: stored, or not refused: ${refusal}`] : [];
  }
  if (deniedByUs) return [`${name}: ${refusal}`];
  if (pods.length === 0) return [`${name}: no Pod is stored: ${refusal}`];
  return pods.flatMap(pod => {
    const here = onItsNode(result, pod);
    const wrong = here ? misplaced(pod, wantedOf(here, mode, asked.request.object)) : [];
    return wrong.map(text => `${name}: ${text}`);
  });
}

interface Wanted {
  readonly runtimeClass: string | undefined;
  /** The annotations that the webhook writes on a Pod to which it gave a class. */
  readonly notes?: Readonly<Record<string, string>>;
}

function wantedOf(review: Result, mode: Mode, sent: V1Pod): Wanted {
  if (review.verdict !== 'sandbox' || !reaches(mode, 'inject'))
    return { runtimeClass: sent.spec?.runtimeClassName };
  return {
    runtimeClass: review.runtimeClass ?? undefined,
    notes: {
      [INJECTED_ANNOTATION]: review.runtimeClass ?? '',
      [REQUIRED_ANNOTATION]: review.required,
      [SCORE_ANNOTATION]: String(review.score),
      [POLICY_ANNOTATION]: review.policy,
    },
  };
}

function misplaced({ metadata, spec }: V1Pod, { runtimeClass, notes = {} }: Wanted): readonly string[] {
  const wrong = Object.entries(notes).filter(([key, value]) => metadata?.annotations?.[key] !== value);
  return [
    ...(spec?.runtimeClassName === runtimeClass ? [] : [`in ${spec?.runtimeClassName}, not ${runtimeClass}`]),
    ...wrong.map(([key, value]) => `${key} is ${metadata?.annotations?.[key]}, not ${value}`),
  ];
}
