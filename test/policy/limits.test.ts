import { describe, expect, it } from 'vitest';
import { NAMESPACE_SHARE_BYTES } from '../../src/guard/share.ts';
import { documentOf } from '../../src/kube/document.ts';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { type Compilation, compile } from '../../src/policy/load.ts';
import type { Standing } from '../../src/source/document.ts';
import { guardFor } from '../support/guard-for.ts';
import { key, LARGEST, requirements, selecting, times, weighing } from '../support/largest-policy.ts';
import { load, NOW, namespacedPolicy } from './support.ts';

type Json = Record<string, unknown>;

const object = (kind: string, spec: Json, standing?: Standing) => {
  const metadata = { name: 'p'.repeat(60), ...(kind === 'SandboxPolicy' && { namespace: 'n'.repeat(63) }) };
  const { standing: _, ...document } = documentOf({
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind,
    metadata,
    spec,
  });
  return { ...document, ...(standing && { standing }) };
};
const compiled = (spec: Json, standing?: Standing, kind = 'SandboxPolicy'): Compilation =>
  compile([object(kind, spec, standing)], { builtin: builtinPolicy('balanced'), balanced: true, now: NOW });
const told = ({ problems }: Compilation): string[] =>
  problems.map(({ severity, path, message }) => `${severity} ${path}: ${message}`);

describe('the largest namespaced policy', () => {
  it('is in force, and takes some 23 kB of the guard, less than the share of its namespace', () => {
    const size = ({ snapshot }: Compilation): number =>
      JSON.stringify(guardFor(snapshot, [], NOW).spec).length;
    const largest = compiled(LARGEST);
    expect(told(largest)).toEqual([]);
    expect(size(largest) - size(compiled({}))).toBeLessThan(0.75 * NAMESPACE_SHARE_BYTES);
  });

  const PERSON = {
    match: {
      podSelector: {
        matchLabels: { 'app.kubernetes.io/name': 'checkout', 'app.kubernetes.io/part-of': 'shop' },
        matchExpressions: [
          { key: 'tier', operator: 'In', values: times(12, i => `tier-${i}`) },
          { key: 'canary', operator: 'DoesNotExist' },
        ],
      },
    },
    scoring: { labels: [{ key: 'data-class', weights: { public: 0, internal: 30, secret: 70 } }] },
  };
  it('is far from what a person writes', () => {
    expect(told(compiled(PERSON))).toEqual([]);
  });
});

/** What the version before took of a namespaced policy, and this one does not take anew. */
const OLD: readonly (readonly [what: string, spec: Json, problem: string])[] = [
  [
    'values together',
    requirements(8, 5),
    'spec.match.podSelector.matchExpressions: 40 values together, at most 32 are allowed',
  ],
  [
    'values of one requirement',
    requirements(1, 64),
    'spec.match.podSelector.matchExpressions[0].values: 64 entries, at most 32 are allowed',
  ],
  [
    'requirements',
    selecting({ matchExpressions: times(32, i => ({ key: `k${i}`, operator: 'Exists' })) }),
    'spec.match.podSelector.matchExpressions: 32 entries, at most 8 are allowed',
  ],
  [
    'labels of a selector',
    selecting({ matchLabels: Object.fromEntries(times(32, i => [`k${i}`, 'v'])) }),
    'spec.match.podSelector.matchLabels: 32 entries, at most 8 are allowed',
  ],
  [
    'characters of a key of a selector',
    selecting({ matchLabels: { [key(1, 200)]: 'v' } }),
    `spec.match.podSelector.matchLabels["${key(1, 200)}"]: a key of 200 characters, at most 128 are allowed`,
  ],
  [
    'characters of a key',
    selecting({ matchExpressions: [{ key: key(1, 200), operator: 'Exists' }] }),
    'spec.match.podSelector.matchExpressions[0].key: 200 characters, at most 128 are allowed',
  ],
  [
    'labels that weigh',
    { scoring: weighing(16, 1) },
    'spec.scoring.labels: 16 entries, at most 4 are allowed',
  ],
  [
    'weights',
    { scoring: weighing(1, 32) },
    'spec.scoring.labels[0].weights: 32 entries, at most 8 are allowed',
  ],
  [
    'rules',
    { scoring: { rules: times(32, i => ({ name: `r${i}`, expression: 'true', weight: 1 })) } },
    'spec.scoring.rules: 32 entries, at most 16 are allowed',
  ],
  [
    'characters of a rule',
    { scoring: { rules: [{ name: 'r', expression: `'${'x'.repeat(4000)}' == ''`, weight: 1 }] } },
    'spec.scoring.rules[0].expression: 4008 characters, at most 2048 are allowed',
  ],
  [
    'characters of a message',
    { scoring: { rules: [{ name: 'r', expression: 'true', weight: 1, message: 'm'.repeat(1024) }] } },
    'spec.scoring.rules[0].message: 1024 characters, at most 512 are allowed',
  ],
  [
    'tiers',
    { tiers: times(16, i => ({ atLeast: i + 1, isolation: 'vm' })) },
    'spec.tiers: 16 entries, at most 8 are allowed',
  ],
];

describe.each(OLD)('too many %s', (_, spec, problem) => {
  const inForce = ({ snapshot }: Compilation): number =>
    snapshot.policies.filter(({ namespace }) => namespace !== undefined).length;

  it('are refused in a file', () => {
    const result = compiled(spec);
    expect([told(result), inForce(result)]).toEqual([[`error ${problem}`], 0]);
    expect(result.problems[0]?.fix).toBe('Shorten it.');
  });

  it.each(['stored', 'accepted'] as const)('are in force where they are %s, and told', standing => {
    const result = compiled(spec, standing);
    expect([told(result)[0], inForce(result)]).toEqual([`warning ${problem}`, 1]);
    expect(result.problems.filter(({ severity }) => severity !== 'warning')).toEqual([]);
  });

  it('are fine in a cluster policy', () => {
    expect(told(compiled(spec, undefined, 'ClusterSandboxPolicy'))).toEqual([]);
  });
});

describe('what is stored', () => {
  it('is borne where it is too much, and nowhere else', () => {
    const spec = { ...requirements(9, 1), minimumIsolation: 'steel' };
    const result = compiled(spec, 'accepted');
    expect(told(result)).toEqual([
      'error spec.minimumIsolation: steel is not one of host-kernel, app-kernel, vm, confidential-vm',
      'warning spec.match.podSelector.matchExpressions: 9 entries, at most 8 are allowed',
    ]);
    expect(result.snapshot.policies.map(({ name }) => name)).toEqual(['balanced']);
  });

  it('has a place of its own: a file says the line', () => {
    const many = times(9, i => `{key: k${i}, operator: Exists}`).join(', ');
    const { problems } = load(namespacedPolicy(`{match: {podSelector: {matchExpressions: [${many}]}}}`));
    expect(problems).toMatchObject([{ position: { file: 'p.yaml', line: 4 }, severity: 'error' }]);
  });
});
