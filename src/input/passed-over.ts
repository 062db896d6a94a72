import { API_VERSION } from '../source/group.ts';
import type { IsPassedOver } from '../source/yaml/pass-over.ts';
import { isRbac } from './api-rights.ts';
import { mayHoldPods } from './kinds.ts';
import { knownTemplate } from './known.ts';
import { isNamespace } from './subjects.ts';

/**
 * Kinds of which only the number matters: `readSubjects` counts their objects, whatever they contain. Policies, exemptions and
 * profiles are reported with their places, so they are parsed.
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
