import { API_VERSION } from '../source/group.ts';
import type { IsPassedOver } from '../source/yaml/pass-over.ts';
import { isRbac } from './api-rights.ts';
import { mayHoldPods } from './kinds.ts';
import { knownTemplate } from './known.ts';
import { isNamespace } from './subjects.ts';

/**
 * Kinds of which no more is asked than how many there are: whatever stands in them, `readSubjects` counts it. Policies,
 * exemptions and profiles are named where they lie, so a tree is made of them.
 */
export const isPassedOver: IsPassedOver = (apiVersion, kind) => {
  const object = { apiVersion, kind };
  return (
    apiVersion !== API_VERSION &&
    !isNamespace(object) &&
    !isRbac(object) &&
    !knownTemplate(object) &&
    !mayHoldPods(object)
  );
};
