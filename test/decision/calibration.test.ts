import { describe, expect, it } from 'vitest';
import { builtinView } from '../../src/cluster/builtin.ts';
import { decide } from '../../src/decision/decide.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { secure, tweak } from '../fixtures/minimal.ts';
import { BASELINE_VIOLATIONS, PASSING, RESTRICTED_VIOLATIONS } from '../fixtures/pods.ts';
import { createOf, NOW } from '../support/request.ts';
import { snapshotOf } from '../support/snapshot.ts';

const verdictOf = (pod: Pod) => decide(createOf(pod), snapshotOf(), builtinView(), NOW).verdict;

describe('balanced, held against the Pod Security Standards', () => {
  it.each(BASELINE_VIOLATIONS)(
    'never leaves a Baseline violation on the host kernel: $control, $name',
    ({ pod }) => {
      expect(['sandbox', 'reject']).toContain(verdictOf(pod));
    },
  );

  it.each(PASSING)('admits a Pod that passes: $name', ({ pod }) => {
    expect(verdictOf(pod)).toBe('admit');
  });

  it.each(RESTRICTED_VIOLATIONS)('admits a Pod that passes Baseline alone: $control, $name', ({ pod }) => {
    expect(verdictOf(pod)).toBe('admit');
  });

  it('admits an unmasked /proc in a user namespace, as Baseline does since 1.35', () => {
    const unmasked = (hostUsers: boolean) =>
      tweak(pod => {
        pod.spec.hostUsers = hostUsers;
        for (const container of pod.spec.containers) secure({ procMount: 'Unmasked' })(container);
      });
    expect([verdictOf(unmasked(false)), verdictOf(unmasked(true))]).toEqual(['admit', 'sandbox']);
  });

  it('has fixtures for every control of the standards', () => {
    expect([...new Set(BASELINE_VIOLATIONS.map(({ control }) => control))].sort()).toEqual([
      'appArmorProfile',
      'capabilities_baseline',
      'hostNamespaces',
      'hostPathVolumes',
      'hostPorts',
      'hostProbesAndHostLifecycle',
      'privileged',
      'procMount',
      'seLinuxOptions',
      'seccompProfile_baseline',
      'sysctls',
      'windowsHostProcess',
    ]);
    expect([...new Set(RESTRICTED_VIOLATIONS.map(({ control }) => control))].sort()).toEqual([
      'allowPrivilegeEscalation',
      'capabilities_restricted',
      'procMount_restricted',
      'restrictedVolumes',
      'runAsNonRoot',
      'runAsUser',
      'seccompProfile_restricted',
    ]);
  });
});
