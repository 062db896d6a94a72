import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { Pod } from '../../src/pod/kube.ts';
import { viewPod } from '../../src/pod/view.ts';
import { inspect, signalById } from '../../src/signals/index.ts';
import { namespaceFor, podFor, type Run } from '../../src/verify/probe.ts';
import { PROBE_SCRIPT, readTranscript } from '../../src/verify/transcript.ts';
import { NODE } from './support.ts';

const RUN: Run = { id: 'abc', expires: 0, namespace: 'v', image: 'busybox:1.37.0', timeoutSeconds: 30 };
const target = { runtimeClass: 'gvisor', handler: 'runsc', node: 'node1', kernel: NODE, obstacle: undefined };

const onTheWire = (pod: object): Pod => JSON.parse(JSON.stringify(pod));

const signalsOf = (privileged: boolean) =>
  inspect(viewPod(onTheWire(podFor(RUN, { target, privileged }, 0)), 'v')).map(({ signal }) => signal);

describe('the Pod of a probe', () => {
  it('gives no signal but that its image has a tag alone', () => {
    expect(signalsOf(false)).toEqual(['imageDigest']);
  });

  it('is a breakout signal where it is to be privileged, and has no other', () => {
    const breakouts = signalsOf(true).filter(id => signalById.get(id)?.category === 'breakout');
    expect(breakouts).toEqual(['privileged']);
  });

  it('goes to its node, and away by its deadline', () => {
    const { metadata, spec } = podFor(RUN, { target, privileged: false }, 3);
    expect(metadata).toEqual({
      name: 'cofferdam-verify-abc-3',
      labels: { 'cofferdam.dev/verify': 'abc' },
      annotations: { 'cofferdam.dev/verify-expires': '1970-01-01T00:00:00.000Z' },
    });
    expect(spec).toMatchObject({
      runtimeClassName: 'gvisor',
      activeDeadlineSeconds: 30,
      automountServiceAccountToken: false,
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node1'] }] },
            ],
          },
        },
      },
    });
  });
});

it.each([
  [false, 'restricted'],
  [true, 'privileged'],
])('the namespace of a run takes such Pods and no others (privileged: %s)', (privileged, level) => {
  expect(namespaceFor(RUN, privileged).metadata?.labels).toEqual({
    'cofferdam.dev/verify': 'abc',
    'cofferdam.dev/mode': 'off',
    'pod-security.kubernetes.io/enforce': level,
  });
});

it('the script tells of the kernel that it runs on, and ends well', () => {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', PROBE_SCRIPT], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { release } = readTranscript(stdout);
  expect(release).toBe(spawnSync('uname', ['-r'], { encoding: 'utf8' }).stdout.trim());
});
