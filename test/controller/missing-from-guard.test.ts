import { describe, expect, it } from 'vitest';
import { type Lacks, missingFrom } from '../../src/controller/missing-from-guard.ts';
import { fitGuard, NOTHING_REFUSED } from '../../src/guard/guard.ts';
import type { RuleOfWebhook } from '../../src/guard/rules.ts';
import { RULE_NOT_IN_GUARD } from '../../src/report/words/not-in-guard.ts';
import { documentOf } from '../support/documents.ts';
import { snapshotOf } from '../support/snapshot.ts';

const object = (kind: string, name: string, namespace?: string, spec: object = {}) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind,
  metadata: { name, ...(namespace && { namespace }) },
  spec,
});
const NOTHING: Lacks = { leftOut: new Map(), rulesOfWebhook: [], clusterLeftOut: [] };
/** What the author of an object is told. */
const told = (lacks: Lacks, ...of: Parameters<typeof object>) =>
  missingFrom(lacks, { document: documentOf(object(...of)) });

describe('rules that the guard leaves to the webhook', () => {
  const rule = (name: string, expression: string) => ({ name, expression, weight: 70 });
  const ruled = (kind: string, namespace?: string) =>
    object(kind, 'ruled', namespace, {
      scoring: {
        rules: [
          rule('good', "object.metadata.name == 'a'"),
          rule('looping', "object.spec.?tolerations.orValue([]).exists(t, t.key == 'x')"),
          rule('refused', "object.metadata.name == 'b'"),
        ],
      },
    });
  const lacks = fitGuard(snapshotOf([ruled('ClusterSandboxPolicy'), ruled('SandboxPolicy', 'shop')]), [], 0, {
    refused: { ...NOTHING_REFUSED, rules: new Set(["object.metadata.name == 'b'"]) },
  });

  it('are told to the author of their policy, each with why and what to do', () => {
    expect(told(lacks, 'ClusterSandboxPolicy', 'ruled')?.split('\n')).toEqual([
      'The guard does not have the rule looping, as the expression loops over a list that may be of any length, so it is enforced only while the webhook answers. Loop only over lists that have a bound (docs/signals.md), and not over the parts of a text.',
      'The guard does not have the rule refused, as the API server does not compile the expression, or evaluates it differently, so it is enforced only while the webhook answers. Correct the expression.',
    ]);
  });

  it('are told to nobody else: no policy, no kind of another, and none of a namespace, where that is known anyway', () => {
    expect(told(lacks, 'ClusterSandboxPolicy', 'other')).toBeUndefined();
    expect(told(lacks, 'SandboxExemption', 'ruled')).toBeUndefined();
    expect(told(lacks, 'SandboxProfile', 'ruled')).toBeUndefined();
    expect(told(lacks, 'SandboxPolicy', 'ruled', 'shop')).toBeUndefined();
  });

  it.each(Object.keys(RULE_NOT_IN_GUARD).filter(because => because !== 'namespaced'))(
    'have words and a way out for each reason: %s',
    because => {
      const one = { policy: { name: 'p' }, rule: { name: 'r' }, because } as unknown as RuleOfWebhook;
      expect(told({ ...NOTHING, rulesOfWebhook: [one] }, 'ClusterSandboxPolicy', 'p')).toMatch(
        /^The guard does not have the rule r, as .+, so it is enforced only while the webhook answers[.] [A-Z].+[.]$/,
      );
    },
  );
});

describe('a namespace that the guard leaves out', () => {
  const leftOut = new Map([['shop', { most: 2, because: 'share', bytes: 40_000 }]] as const);

  it('is told to the authors of its policies', () => {
    expect(told({ ...NOTHING, leftOut }, 'SandboxPolicy', 'any', 'shop')).toBe(
      'The guard does not have the SandboxPolicies of this namespace (40000 bytes), as the share of a namespace is 32000 bytes. The webhook goes by them; the guard requires vm of every Pod here, the most that any of them asks for. Shorten these policies, or merge some of them.',
    );
    expect(told({ ...NOTHING, leftOut }, 'SandboxPolicy', 'any', 'other')).toBeUndefined();
  });
});

describe('cluster policies and exemptions that keep the guard from being written', () => {
  const lacks: Lacks = {
    ...NOTHING,
    stopped: {
      because: 'too-large',
      what: 'the guard would be 950000 bytes, of 900000 at most',
      objects: [
        { kind: 'SandboxExemption', name: 'wide', bytes: 12_000 },
        { kind: 'ClusterSandboxPolicy', name: 'deep', bytes: 9000 },
      ],
    },
  };

  it('are told to the authors of the largest', () => {
    expect(told(lacks, 'SandboxExemption', 'wide')).toBe(
      'The guard could not be written, so its previous version stays in force for every policy and exemption: the guard would be 950000 bytes, of 900000 at most, and this object is one of the largest in it (about 12000 bytes). The webhook goes by their current versions. Shorten it, or delete the parts that nobody needs.',
    );
    expect(told(lacks, 'ClusterSandboxPolicy', 'deep')).toMatch(
      /^The guard could not be written, .*about 9000 bytes/,
    );
  });

  it('are told that it is what the API server does not take', () => {
    const objects = [{ kind: 'SandboxExemption', name: 'odd' }] as const;
    const stopped = {
      because: 'refused',
      what: 'the API server does not accept the guard',
      objects,
    } as const;
    expect(told({ ...NOTHING, stopped }, 'SandboxExemption', 'odd')).toBe(
      'The guard could not be written, so its previous version stays in force for every policy and exemption: the API server does not accept the guard, because of this object. The webhook goes by their current versions. Look through its selectors, values and labels for something that the API server may not accept, or shorten it.',
    );
    expect(told({ ...NOTHING, stopped }, 'SandboxExemption', 'wide')).toBeUndefined();
  });

  it('are not told to others, also not to one of the same name and another kind', () => {
    expect(told(lacks, 'SandboxExemption', 'deep')).toBeUndefined();
    expect(told(lacks, 'ClusterSandboxPolicy', 'other')).toBeUndefined();
    expect(told(lacks, 'SandboxPolicy', 'deep', 'shop')).toBeUndefined();
  });
});
