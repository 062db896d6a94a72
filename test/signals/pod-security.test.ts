import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/pod/kube.ts';
import { viewPod } from '../../src/pod/view.ts';
import { inspect, signalById } from '../../src/signals/index.ts';
import { type Level, podSecurityFixtures } from '../fixtures/pod-security.ts';

/** Hygiene that is not of the Pod Security Standards. */
const OURS = ['imageTag', 'imageDigest', 'serviceAccountToken'];

/** The signals that a level forbids: of Baseline, exposures and breakouts; of Restricted, lapses too. */
const forbidden = (level: Level, pod: Pod): string[] =>
  inspect(viewPod(pod, 'default'))
    .map(({ signal }) => signal)
    .filter(signal => {
      const category = signalById.get(signal)?.category;
      if (category === 'exposure' || category === 'breakout') return true;
      return level === 'restricted' && category === 'hygiene' && !OURS.includes(signal);
    });

describe.each(['baseline', 'restricted'] as const)('Pod Security Admission: %s', level => {
  it.each(podSecurityFixtures(level, 'pass'))('passes %s', (_, pod) => {
    expect(forbidden(level, pod)).toEqual([]);
  });

  it.each(podSecurityFixtures(level, 'fail'))('does not pass %s', (_, pod) => {
    expect(forbidden(level, pod)).not.toEqual([]);
  });
});

it('has as many fixtures as that version', () => {
  const counts = (['baseline', 'restricted'] as const).map(level => [
    podSecurityFixtures(level, 'pass').length,
    podSecurityFixtures(level, 'fail').length,
  ]);
  expect(counts).toEqual([
    [15, 34],
    [23, 76],
  ]);
});
