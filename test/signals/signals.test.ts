import { describe, expect, it } from 'vitest';
import { viewPod } from '../../src/pod/view.ts';
import { inspect, SIGNALS, signalById } from '../../src/signals/index.ts';
import { minimalPod } from '../fixtures/pods.ts';
import { found } from './cases/case.ts';
import { CASES } from './cases/index.ts';

describe('each signal', () => {
  it.each(CASES)('$signal: $name', ({ signal, pod, hits }) => {
    expect(found(pod, signal)).toEqual(hits);
  });
});

describe('the registry', () => {
  const ids = SIGNALS.map(({ id }) => id);

  it('has each id once, in camelCase', () => {
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter(id => !/^[a-z][a-zA-Z]+$/.test(id))).toEqual([]);
    expect([...signalById.keys()]).toEqual(ids);
  });

  it('weighs each signal within its category', () => {
    const ranges = { hygiene: [1, 25], exposure: [30, 69], breakout: [70, 100], requirement: [0, 0] };
    const outside = SIGNALS.filter(({ category, weight }) => {
      const [low = 0, high = 0] = ranges[category];
      return weight < low || weight > high;
    });
    expect(outside.map(({ id }) => id)).toEqual([]);
  });

  it('guards exposures and breakouts, and nothing else', () => {
    const guarded = SIGNALS.filter(signal => 'guard' in signal && signal.guard !== '').map(({ id }) => id);
    const grave = SIGNALS.filter(({ category }) => category === 'exposure' || category === 'breakout');
    expect(guarded).toEqual(grave.map(({ id }) => id));
  });

  it('tells of each signal what it is, why it matters, what to do, and where that is written', () => {
    const mute = SIGNALS.filter(
      ({ title, reason, fix, source }) =>
        !/^\S/.test(title) || !/^\S.*[^.]$/.test(reason) || !/^\S.*[^.]$/.test(fix) || !URL.canParse(source),
    );
    expect(mute.map(({ id }) => id)).toEqual([]);
  });

  it('has a Pod on which each signal fires and a near miss, and cases of no other signal', () => {
    const fires = new Set(CASES.filter(({ hits }) => hits.length > 0).map(({ signal }) => signal));
    const misses = new Set(CASES.filter(({ hits }) => hits.length === 0).map(({ signal }) => signal));
    expect([...fires].toSorted()).toEqual(ids.toSorted());
    expect([...misses].toSorted()).toEqual(ids.toSorted());
  });
});

describe('inspect', () => {
  it('finds nothing on the minimal Pod', () => {
    expect(inspect(viewPod(minimalPod(), 'default'))).toEqual([]);
  });

  it('reports in the order of the registry, with the container', () => {
    const pod = { ...minimalPod() };
    const spec = {
      ...pod.spec,
      hostIPC: true,
      hostPID: true,
      ephemeralContainers: [{ name: 'debug', image: 'x' }],
    };
    const findings = inspect(viewPod({ ...pod, spec } as typeof pod, 'default'));
    expect(findings.map(({ signal, container }) => [signal, container])).toEqual([
      ['hostPID', undefined],
      ['hostIPC', undefined],
      ['allowPrivilegeEscalation', 'debug'],
      ['capabilityNotDropped', 'debug'],
      ['imageTag', 'debug'],
      ['imageDigest', 'debug'],
    ]);
  });

  it('takes null for absent, wherever it stands', () => {
    for (const { pod, signal, hits } of CASES) {
      const spec = pod.spec as Record<string, unknown>;
      for (const key of ABSENT) spec[key] ??= null;
      for (const it of [...(pod.spec?.containers ?? [])] as Record<string, unknown>[]) {
        for (const key of ABSENT_OF_CONTAINER) it[key] ??= null;
      }
      expect(found(pod, signal)).toEqual(hits);
    }
  });

  it('survives a Pod without metadata, spec or containers', () => {
    expect(inspect(viewPod({}, 'default'))).toEqual([]);
    expect(inspect(viewPod({ metadata: null, spec: null }, 'default'))).toEqual([]);
  });

  it('takes a null annotation for the empty string that the API server makes of it', () => {
    const key = 'dev.gvisor.flag.x';
    const metadata = { annotations: { [key]: null as unknown as string } };
    expect(found({ ...minimalPod(), metadata }, 'gvisorAnnotation')).toEqual([
      `metadata.annotations[${key}] = `,
    ]);
  });
});

const ABSENT = [
  'volumes',
  'initContainers',
  'ephemeralContainers',
  'securityContext',
  'hostPID',
  'nodeSelector',
];
const ABSENT_OF_CONTAINER = [
  'ports',
  'volumeMounts',
  'volumeDevices',
  'lifecycle',
  'livenessProbe',
  'command',
];

describe('a mesh label of the Namespace', () => {
  const MODE = 'istio.io/dataplane-mode';

  it('counts for Pods that say nothing', () => {
    expect(found(minimalPod(), 'meshCapture', { [MODE]: 'ambient' })).toEqual([
      `namespace.labels[${MODE}] = ambient`,
    ]);
    expect(found(minimalPod(), 'meshCapture', { [MODE]: 'none' })).toEqual([]);
  });

  it('gives way to the label of the Pod', () => {
    const pod = { ...minimalPod(), metadata: { name: 'p', labels: { [MODE]: 'none' } } };
    expect(found(pod, 'meshCapture', { [MODE]: 'ambient' })).toEqual([]);
  });
});

describe('the value of an annotation', () => {
  const key = 'dev.gvisor.flag.x';
  const shown = (value: string) =>
    found({ ...minimalPod(), metadata: { annotations: { [key]: value } } }, 'gvisorAnnotation');

  it.each([
    ['short', 'x'.repeat(64), 'x'.repeat(64)],
    ['long', 'x'.repeat(65), '<65 characters, sha256 9537c5fdf120482f7d58d25e9ed583f5>'],
    ['long, and another', 'y'.repeat(65), '<65 characters, sha256 c4a2649e068ab18f0b332492f541ae0b>'],
  ])('is shown, or stands in for what it is: %s', (_, value, expected) => {
    expect(shown(value)).toEqual([`metadata.annotations[${key}] = ${expected}`]);
  });
});
