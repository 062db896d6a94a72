import { describe, expect, it } from 'vitest';
import { viewPod } from '../../src/pod/view.ts';
import { inspect, signalById } from '../../src/signals/index.ts';
import { BASELINE_VIOLATIONS, type Fixture, PASSING, RESTRICTED_VIOLATIONS } from '../fixtures/pods.ts';

/** What Pod Security Admission calls a check, and the signals that answer for it here. */
const BASELINE: Record<string, RegExp> = {
  hostNamespaces: /^host(PID|IPC|Network)$/,
  privileged: /^privileged$/,
  capabilities_baseline: /^capability(HostRoot|HostKernel|NetAdmin|NetRaw|Other)$/,
  hostPathVolumes: /^hostPath/,
  hostPorts: /^hostPort$/,
  hostProbesAndHostLifecycle: /^hostProbe$/,
  procMount: /^procMount$/,
  seccompProfile_baseline: /^seccompUnconfined$/,
  appArmorProfile: /^appArmorUnconfined$/,
  seLinuxOptions: /^seLinuxOptions$/,
  sysctls: /^sysctlUnsafe$/,
  windowsHostProcess: /^hostProcess$/,
};
const RESTRICTED: Record<string, RegExp> = {
  allowPrivilegeEscalation: /^allowPrivilegeEscalation$/,
  capabilities_restricted: /^capability(Baseline|NotDropped)$/,
  runAsNonRoot: /^runAsNonRoot$/,
  runAsUser: /^runAsRoot$/,
  seccompProfile_restricted: /^seccompUnset$/,
  restrictedVolumes: /^volumeType$/,
  procMount_restricted: /^procMountInUserNamespace$/,
};

const found = ({ pod }: Fixture, ...categories: string[]): string[] => [
  ...new Set(
    inspect(viewPod(pod, 'default'))
      .map(({ signal }) => signal)
      .filter(id => categories.includes(signalById.get(id)?.category ?? '')),
  ),
];

describe('a violation of Baseline', () => {
  it.each(BASELINE_VIOLATIONS)('is an exposure or a breakout: $name', violation => {
    const [grave, ...others] = found(violation, 'exposure', 'breakout');
    expect(grave).toMatch(BASELINE[violation.control] ?? /^$/);
    expect(others).toEqual([]);
  });

  it('is shown for every control, by kind of container where it has one', () => {
    expect(new Set(BASELINE_VIOLATIONS.map(({ control }) => control))).toEqual(
      new Set(Object.keys(BASELINE)),
    );
  });
});

describe('a violation of Restricted within Baseline', () => {
  it.each(RESTRICTED_VIOLATIONS)('is hygiene: $name', violation => {
    expect(found(violation, 'exposure', 'breakout')).toEqual([]);
    const [lapse, ...others] = found(violation, 'hygiene');
    expect(lapse).toMatch(RESTRICTED[violation.control] ?? /^$/);
    expect(others).toEqual([]);
  });

  it('is shown for every control', () => {
    expect(new Set(RESTRICTED_VIOLATIONS.map(({ control }) => control))).toEqual(
      new Set(Object.keys(RESTRICTED)),
    );
  });
});

describe('a Pod that passes Restricted', () => {
  it.each(PASSING)('has requirements at most: $name', pod => {
    expect(found(pod, 'exposure', 'breakout', 'hygiene')).toEqual([]);
  });
});

describe('a fixture', () => {
  it('is a deep clone at each access', () => {
    const [fixture] = PASSING as [Fixture];
    Object.assign(fixture.pod.spec ?? {}, { hostPID: true });
    expect(fixture.pod.spec?.hostPID).toBeUndefined();
  });

  it('has a name of its own', () => {
    const names = [...BASELINE_VIOLATIONS, ...RESTRICTED_VIOLATIONS, ...PASSING].map(
      it => `${it.control} ${it.name}`,
    );
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });
});
