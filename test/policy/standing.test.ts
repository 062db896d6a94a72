import { describe, expect, it } from 'vitest';
import { listedDocument } from '../../src/cluster/listed.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { viewPod } from '../../src/pod/view.ts';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { type Compilation, type CompileOptions, compile } from '../../src/policy/load.ts';
import type { SourceDocument } from '../../src/source/document.ts';
import { clusterPolicy, load, NOW } from './support.ts';

/** An earlier version took this rule, which no API server compiles. */
const FOREIGN = "object.metadata.name in ['a', object.spec.hostname]";
const rule = (expression: string) => ({
  scoring: { rules: [{ name: 'r', expression, weight: 40 }] },
});

const listed = (spec: object, status: object = {}, generation = 2): SourceDocument =>
  listedDocument({
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind: 'ClusterSandboxPolicy',
    metadata: { name: 'mine', generation },
    spec,
    status,
  });
const accepted = (observedGeneration: number, status = 'True') => ({
  conditions: [{ type: 'Accepted', status, observedGeneration }],
});
const compiled = (document: SourceDocument, options: Partial<CompileOptions> = {}): Compilation =>
  compile([document], { builtin: builtinPolicy('balanced'), balanced: false, now: NOW, ...options });
const foreignIn = ({ snapshot }: Compilation) =>
  snapshot.policies.flatMap(({ rules }) => rules.map(({ foreign }) => foreign));
const told = ({ problems, snapshot }: Compilation) => [
  problems.map(({ severity }) => severity),
  snapshot.policies.flatMap(({ rules }) => rules.map(({ name }) => name)),
];
const REFUSED = [['error'], []];
const BORNE = [['warning'], ['r']];

describe('a rule that no API server compiles', () => {
  it('is refused in a file, at its place', () => {
    const text = clusterPolicy(`{scoring: {rules: [{name: r, expression: "${FOREIGN}", weight: 1}]}}`);
    expect(load(text).problems).toMatchObject([
      {
        severity: 'error',
        position: { line: 4 },
        path: 'spec.scoring.rules[0].expression',
        excerpt: { line: FOREIGN, column: 43 },
        message:
          "Kubernetes would refuse the expression, or answer otherwise: List elements must have the same type, expected type 'string' but found 'dyn' at 1:43",
      },
    ]);
  });

  it.each([
    ['that nobody has looked at', {}],
    ['of which an older generation was accepted', accepted(1)],
    ['that was refused', accepted(2, 'False')],
    ['whose status is none', { conditions: 'Accepted' }],
  ])('is refused in an object %s', (_, status) => {
    expect(told(compiled(listed(rule(FOREIGN), status)))).toEqual(REFUSED);
  });

  it('is borne in an object that an earlier version accepted as it is', () => {
    const borne = compiled(listed(rule(FOREIGN), accepted(2)));
    expect(told(borne)).toEqual(BORNE);
    // It counts as foreign, so the guard leaves it out.
    expect(foreignIn(borne)).toEqual([true]);
    expect(foreignIn(compiled(listed(rule('true'), accepted(2))))).toEqual([false]);
  });

  it('stays in force as the last good version of an object that is changed then', () => {
    const previous = compiled(listed(rule(FOREIGN), accepted(2)));
    const changed = listed({ ...rule(FOREIGN), minimumIsolation: 'vm' }, accepted(2), 3);
    const after = compiled(changed, { previous });
    expect(told(after)).toEqual([['error'], ['r']]);
    expect(after.snapshot.policies.map(({ minimumIsolation }) => minimumIsolation)).toEqual(['host-kernel']);
    expect(told(compiled(changed, { previous: after }))).toEqual([['error'], ['r']]);
  });

  it('is borne, is not run and counts as matched where its patterns take too long', () => {
    const hard = `object.metadata.name.matches('${'a{1,1000}'.repeat(100)}')`;
    expect(told(compiled(listed(rule(hard), accepted(1))))).toEqual(REFUSED);
    const borne = compiled(listed(rule(hard), accepted(2)));
    expect(told(borne)).toEqual(BORNE);
    expect(borne.problems).toMatchObject([
      {
        message: expect.stringMatching(
          /^the expression is not run, and counts as matched: a pattern repeats too much/,
        ),
        fix: 'Repeat less in its patterns, or ask for what stands around.',
      },
    ]);
    expect(foreignIn(borne)).toEqual([true]);
    const pod = viewPod({ metadata: { name: 'p' }, spec: { containers: [] } } as unknown as Pod, 'shop');
    expect(borne.snapshot.policies[0]?.rules[0]?.evaluate(pod, undefined)).toEqual({
      error: expect.stringContaining('a pattern repeats too much'),
    });
  });

  it('is told beside fields that are never there, also where it is refused', () => {
    const wrong = "object.spec.hostNam == 'a' && nope";
    expect(compiled(listed(rule(wrong))).problems).toMatchObject([
      {
        severity: 'error',
        message: expect.stringMatching(/^the expression is refused: Unknown variable: nope/),
      },
      { severity: 'warning', message: expect.stringMatching(/^a field that is never there: .*hostNam/) },
    ]);
  });

  it('hides nothing: what was never taken is refused wherever it is', () => {
    expect(told(compiled(listed(rule('nope == 1'), accepted(2))))).toEqual(REFUSED);
  });
});
