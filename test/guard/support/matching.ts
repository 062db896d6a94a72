import { compileSelector, selects } from '../../../src/policy/selector.ts';
import type { AdmissionRequest, MatchResources, ResourceRule } from './admission-objects.ts';

/*
Tells which requests a policy or a binding is for.
https://github.com/kubernetes/apiserver/blob/v0.37.2/pkg/admission/plugin/policy/matching/matching.go
*/

type Labels = Readonly<Record<string, string>>;

/** Labels that the Namespace of a request has. */
export const namespaceLabelsOf = ({ namespace, namespaceLabels }: AdmissionRequest): Labels => ({
  ...namespaceLabels,
  'kubernetes.io/metadata.name': namespace,
});

/** An absent part matches everything, and so does a binding without any. */
export function matchesResources(match: MatchResources | undefined, request: AdmissionRequest): boolean {
  if (!match) return true;
  if (!compileSelector(match.namespaceSelector)(namespaceLabelsOf(request))) return false;
  if (!matchesObject(match, request)) return false;
  if (match.excludeResourceRules?.some(rule => matchesRule(rule, request))) return false;
  const rules = match.resourceRules ?? [];
  return rules.length === 0 || rules.some(rule => matchesRule(rule, request));
}

/** One matching object of the two is enough (webhook/predicates/object/matcher.go). */
function matchesObject({ objectSelector }: MatchResources, { object, oldObject }: AdmissionRequest): boolean {
  if (!selects(objectSelector)) return true;
  const matches = compileSelector(objectSelector);
  return [object, oldObject].some(one => one && matches(labelsOf(one)));
}

const labelsOf = (object: object): Labels =>
  (object as { readonly metadata?: { readonly labels?: Labels } }).metadata?.labels ?? {};

/** The resources of the guard have one version each, so `Equivalent` finds no other; all of them are namespaced. */
function matchesRule(rule: ResourceRule, request: AdmissionRequest): boolean {
  const { operation, group = '', version = 'v1', resource, subResource = '' } = request;
  const isOr = (wanted: readonly string[], one: string) => wanted.includes('*') || wanted.includes(one);
  if (rule.scope === 'Cluster') return false;
  return (
    isOr(rule.operations, operation) &&
    isOr(rule.apiGroups, group) &&
    isOr(rule.apiVersions, version) &&
    rule.resources.some(one => {
      const [main, sub = ''] = one.split('/', 2);
      return (main === '*' || main === resource) && (sub === '*' || sub === subResource);
    })
  );
}
