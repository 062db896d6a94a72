import { describe, expect, it } from 'vitest';
import type { Condition, LiveObject } from '../../src/cluster/live-object.ts';
import { conditionsOf, sayTheSame } from '../../src/controller/conditions.ts';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { type Compilation, compile } from '../../src/policy/load.ts';
import { documentOf } from '../support/documents.ts';

const NOW = Date.parse('2026-11-24T12:00:00.123Z');
const TIME = '2026-11-24T12:00:00Z';
const BEFORE = '2026-11-01T00:00:00Z';

function live(kind: string, spec: object, more: Partial<LiveObject> = {}): LiveObject {
  const value = { apiVersion: 'cofferdam.dev/v1alpha1', kind, metadata: { name: 'mine' }, spec };
  const document = documentOf(value, `${kind}/mine`);
  return { document, generation: 3, conditions: [], lastGood: undefined, path: '/x', ...more };
}

const compiled = (objects: readonly LiveObject[], previous?: Compilation): Compilation =>
  compile(
    objects.map(({ document }) => document),
    { builtin: builtinPolicy('balanced'), balanced: true, now: NOW, ...(previous && { previous }) },
  );

const told = (conditions: readonly Condition[]) =>
  conditions.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);

const good = live('ClusterSandboxPolicy', { minimumIsolation: 'vm' });
const bad = live('ClusterSandboxPolicy', { minimumIsolation: 'vmm', acceptDegraded: ['subPaths'] });
const fourDays = '2026-11-20T00:00:00Z';

describe('the conditions of an object', () => {
  it('of many objects with a problem each are found without looking at every problem for each', () => {
    let looks = 0;
    const problems = Array.from({ length: 1000 }, (_, i) => ({
      severity: 'error' as const,
      get position() {
        looks++;
        return { file: `SandboxPolicy/shop/p${i}` };
      },
      path: '',
      message: `m${i}`,
    }));
    const result = { accepted: new Map(), problems };
    for (let i = 0; i < 1000; i++) {
      const { document } = live('SandboxPolicy', {});
      const one = live(
        'SandboxPolicy',
        {},
        { document: { ...document, position: { file: `SandboxPolicy/shop/p${i}` } } },
      );
      expect(conditionsOf(one, result, NOW)[0]?.message).toBe(`m${i}.`);
    }
    expect(looks).toBe(1000);
  });

  it('say that it is in force as written', () => {
    expect(told(conditionsOf(good, compiled([good]), NOW))).toEqual([
      'Accepted=True Accepted: It is in force as it is written.',
      'Degraded=False AsWritten: ',
    ]);
  });

  it('found by fuzzing: say it in text, whatever characters the author put in', () => {
    const odd = live('ClusterSandboxPolicy', {
      match: { podSelector: { matchLabels: { 'a\u009b31m': 'x' } } },
    });
    const [accepted] = conditionsOf(odd, compiled([odd]), NOW);
    expect(accepted?.message).toContain('a\\u009b31m');
    expect(accepted?.message).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Cs}]/u);
  });

  it('say what is wrong and how to mend it, and that nothing of it is in force', () => {
    expect(told(conditionsOf(bad, compiled([bad]), NOW))).toEqual([
      'Accepted=False Invalid: spec.minimumIsolation: vmm is not one of host-kernel, app-kernel, vm, confidential-vm. Did you mean vm?\nspec.acceptDegraded[0]: there is no signal subPaths. Did you mean subPath?',
      'Degraded=True NotInForce: No version of it is in force.',
    ]);
  });

  it('say that its last good version stays in force', () => {
    const [, degraded] = conditionsOf(bad, compiled([bad], compiled([good])), NOW);
    expect(degraded).toMatchObject({ status: 'True', reason: 'LastGoodVersion' });
  });

  it('warn of an exemption that has expired', () => {
    const exemption = live('SandboxExemption', {
      match: { namespaces: ['shop'] },
      waive: [{ signal: 'hostPID' }],
      owner: 'a',
      reason: 'b',
      expires: fourDays,
    });
    expect(told(conditionsOf(exemption, compiled([exemption]), NOW))).toEqual([
      'Accepted=True Accepted: It is in force as it is written.',
      'Degraded=True Warning: spec.expires: expired on 2026-11-20, so nothing is waived. Renew it after a review, or delete it.',
    ]);
  });

  it('say what of it is not in the guard, before they warn', () => {
    expect(told(conditionsOf(good, compiled([good]), NOW, 'The guard lacks it.'))[1]).toBe(
      'Degraded=True NotInGuard: The guard lacks it.',
    );
    const waive = [{ signal: 'hostPID' }];
    const spec = { match: { namespaces: ['shop'] }, waive, owner: 'a', reason: 'b', expires: fourDays };
    const exemption = live('SandboxExemption', spec);
    expect(told(conditionsOf(exemption, compiled([exemption]), NOW, 'The guard lacks it.'))[1]).toMatch(
      /^Degraded=True NotInGuard: The guard lacks it[.]\nspec[.]expires: expired on /,
    );
  });

  it('tell of a profile that fits its schema and cannot be resolved', () => {
    const profile = live('SandboxProfile', { handlers: ['odd'], extends: 'nobody' });
    expect(told(conditionsOf(profile, compiled([profile]), NOW))[0]).toContain(
      'Accepted=False Invalid: spec.extends: there is no profile nobody',
    );
  });

  it('carry the generation, and the time of the last change of status alone', () => {
    const before = { type: 'Accepted', status: 'True', reason: 'Old', message: '' };
    const known = live(
      'ClusterSandboxPolicy',
      {},
      {
        conditions: [{ ...before, observedGeneration: 2, lastTransitionTime: BEFORE }],
      },
    );
    const [accepted, degraded] = conditionsOf(known, compiled([known]), NOW);
    expect(accepted).toMatchObject({ observedGeneration: 3, lastTransitionTime: BEFORE });
    expect(degraded).toMatchObject({ observedGeneration: 3, lastTransitionTime: TIME });
  });

  it('are cut where a status would become too long', () => {
    const acceptDegraded = Array.from({ length: 100 }, (_, i) => `thereIsNoSignalOfThisName${i}`);
    const long = live('ClusterSandboxPolicy', { acceptDegraded });
    const [accepted] = conditionsOf(long, compiled([long]), NOW);
    expect(accepted?.message.length).toBe(4096);
    expect(accepted?.message.endsWith('…')).toBe(true);
  });
});

describe('conditions say the same', () => {
  const [one, two] = conditionsOf(good, compiled([good]), NOW) as [Condition, Condition];
  it.each<[string, readonly Condition[], boolean]>([
    ['in another order', [two, one], true],
    ['since another time', [{ ...one, lastTransitionTime: BEFORE }, two], true],
    ['with another message', [{ ...one, message: 'no' }, two], false],
    ['of another generation', [{ ...one, observedGeneration: 4 }, two], false],
    ['with one missing', [one], false],
    ['with one more', [one, two, { ...one, type: 'Ready' }], false],
  ])('%s', (_, other, same) => {
    expect(sayTheSame([one, two], other)).toBe(same);
  });
});
