import { describe, expect, it } from 'vitest';
import { GUARDED } from '../../src/guard/findings.ts';
import { nothingFound, whereSet } from '../../src/guard/nothing-found.ts';
import { matching, rule } from '../../src/guard/object.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { viewPod } from '../../src/pod/view.ts';
import { BASELINE_VIOLATIONS, PASSING } from '../fixtures/pods.ts';
import { CASES } from '../signals/cases/index.ts';
import { evaluatePolicies } from './support/admission-policies.ts';
import { served } from './support/bound-request.ts';

/* The condition that spares the guard all other work: false where any guard fires, and true of Pods that people run. */

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

describe('a predicate is asked behind the fields above all that it reads', () => {
  it.each([
    [
      'one, to its end',
      ['c.?ports.orValue([]).exists(p, p.?hostPort.orValue(0) != 0)'],
      ['has(c.ports) && (c.?ports.orValue([]).exists(p, p.?hostPort.orValue(0) != 0))'],
    ],
    [
      'two, to where they part',
      ["c.?a.?b.?x.orValue('') != '' || c.?a.?b.?y.orValue('') != ''"],
      ["has(c.a) && (has(c.a.b) && (c.?a.?b.?x.orValue('') != '' || c.?a.?b.?y.orValue('') != ''))"],
    ],
    [
      'two, of which one lies above the other',
      ['c.?a.?b.hasValue() && c.?a.?b.?x.orValue(true)', 'c.?a.?d.?x.orValue(true) && c.?a.?d.hasValue()'],
      [
        'has(c.a) && (has(c.a.b) && (c.?a.?b.hasValue() && c.?a.?b.?x.orValue(true))' +
          ' || has(c.a.d) && (c.?a.?d.?x.orValue(true) && c.?a.?d.hasValue()))',
      ],
    ],
    [
      'three, of which the last parts first',
      ['c.?a.?b.hasValue() && c.?a.?b.hasValue() && c.?a.?d.hasValue()'],
      ['has(c.a) && (c.?a.?b.hasValue() && c.?a.?b.hasValue() && c.?a.?d.hasValue())'],
    ],
    ['two that share none', ['c.?a.hasValue() || c.?b.hasValue()'], ['c.?a.hasValue() || c.?b.hasValue()']],
    ['fields of something else alone', ['xc.?a.hasValue()'], ['xc.?a.hasValue()']],
    [
      'fields that another reads',
      ['c.?a.?b.hasValue()', 'c.?a.orValue(true)'],
      ['has(c.a) && (c.?a.orValue(true) || has(c.a.b) && (c.?a.?b.hasValue()))'],
    ],
  ])('%s', (_what, predicates, expected) => {
    expect(whereSet('c', predicates)).toEqual(expected);
  });

  it('of a subject that is a path itself, by its dots', () => {
    const other = 'objectXspec.?a.hasValue()';
    expect(whereSet('object.spec', ['object.spec.?a.hasValue()', other])).toEqual([
      other,
      'has(object.spec.a) && (object.spec.?a.hasValue())',
    ]);
  });
});
