import { describe, expect, it } from 'vitest';
import { GUARDED } from '../../src/guard/findings.ts';
import { nothingFound } from '../../src/guard/nothing-found.ts';
import { matching, rule } from '../../src/guard/object.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { viewPod } from '../../src/pod/view.ts';
import { BASELINE_VIOLATIONS, PASSING } from '../fixtures/pods.ts';
import { CASES } from '../signals/cases/index.ts';
import { evaluatePolicies } from './support/admission-policies.ts';
import { served } from './support/bound-request.ts';

/* What lets the guard work nothing else out: false where any guard fires, and true of what people run. */

const CONTAINERS = ['containers', 'initContainers', 'ephemeralContainers']
  .map(field => `dyn(object.spec.?${field}.orValue([]))`)
  .join(' + ');
const guard = [
  {
    policy: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'p' },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: matching([rule('', ['CREATE'], ['pods'])]),
        variables: [{ name: 'containers', expression: CONTAINERS }],
        validations: [
          { expression: nothingFound('variables.containers'), message: 'found', reason: 'Forbidden' },
        ],
      },
    } as const,
    bindings: [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { name: 'p' },
        spec: { policyName: 'p', validationActions: ['Deny'] },
      } as const,
    ],
  },
];

const said = (pod: Pod): string | undefined => {
  const { metadata = {}, spec = {} } = served(pod);
  const { denials } = evaluatePolicies(guard, {
    ...{ operation: 'CREATE', resource: 'pods', name: 'pod', namespace: 'shop', oldObject: null },
    object: { metadata, spec },
    namespaceLabels: {},
  });
  return denials[0]?.message;
};
const firing = (pod: Pod): string[] =>
  GUARDED.filter(({ inspect }) => inspect(viewPod(served(pod), 'shop')).length > 0).map(({ id }) => id);

describe('nothing is found', () => {
  const pods = [...CASES, ...BASELINE_VIOLATIONS].map(({ pod }) => ({ pod, ids: firing(pod) }));

  it('in no Pod on which a guarded signal fires', () => {
    expect(pods.filter(({ pod, ids }) => ids.length > 0 && said(pod) !== 'found')).toEqual([]);
  });

  it.each(GUARDED.map(({ id }) => id))('by a Pod for each: %s', id => {
    expect(pods.some(({ ids }) => ids.includes(id))).toBe(true);
  });

  it('in Pods as people run them: these cost next to nothing', () => {
    const looked = PASSING.filter(({ pod }) => said(pod) !== undefined).map(({ name }) => name);
    // The annotation has been deprecated since 1.30, and its value takes a second look.
    expect(looked).toEqual(['AppArmor annotations within Baseline']);
  });
});
