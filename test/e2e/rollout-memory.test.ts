import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectlOk } from './support/kubectl.ts';
import { BUILD_TIMEOUT } from './support/own-image.ts';
import { container, pod } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { ELSEWHERE, ENFORCED, install, metric, removeRelease, replicas, settled } from './support/release.ts';

/*
With the rights of an editor of one namespace, users fill it with as much as an API server takes. Each replica has the
chart's memory limit.
*/

const POLICIES = 320;
const PODS = 40;
const MIB = 1024 * 1024;
const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** 140 kB: as much CEL as the schema allows, and more beside it that nobody reads. */
const largePolicy = (i: number) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'SandboxPolicy',
  metadata: {
    name: `large-${i}`,
    namespace: ENFORCED,
    annotations: { 'example.com/notes': 'n'.repeat(100_000) },
  },
  spec: {
    minimumIsolation: 'app-kernel',
    tiers: [],
    scoring: {
      rules: times(16, j => ({
        name: `r${j}`,
        weight: 1,
        expression: `object.metadata.name == '${i}-${j}${'x'.repeat(2000)}'`,
      })),
    },
  },
});

const restarts = ({ status }: V1Pod): number =>
  status?.containerStatuses?.reduce((sum, { restartCount }) => sum + restartCount, 0) ?? 0;

async function expectNoneRestarted(): Promise<void> {
  const pods = await settled();
  const memory = await Promise.all(pods.map(one => metric(one, 'process_resident_memory_bytes')));
  process.stderr.write(
    `      resident: ${memory.map(bytes => (bytes / MIB).toFixed(0)).join(' and ')} MiB\n`,
  );
  expect(pods.map(restarts)).toEqual(pods.map(() => 0));
}

/** Replaces all replicas, each of which lists everything that is stored. */
async function replaceReplicas(): Promise<void> {
  for (const { metadata } of await replicas()) {
    await kubectlOk(['delete', 'pod', '-n', String(metadata?.namespace), String(metadata?.name)]);
  }
}

describe('under the memory limit of the chart, no replica ends', () => {
  beforeAll(() => install({}), BUILD_TIMEOUT);
  afterAll(removeRelease);

  it('at rest', expectNoneRestarted);

  it('by 320 SandboxPolicies of 140 kB, while they are written and when it starts among them', async () => {
    for (let from = 0; from < POLICIES; from += 20) {
      const items = times(20, i => largePolicy(from + i));
      await kubectlOk(['create', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
    }
    await poll('their status says that they are not in force', async () => {
      const path = '{.status.conditions[?(@.type=="Accepted")].reason}';
      const args = ['get', 'sandboxpolicy', 'large-7', '-n', ENFORCED, '-o', `jsonpath=${path}`];
      return (await kubectlOk(args)) === 'MoreThanItsShare' ? true : undefined;
    });
    await expectNoneRestarted();
    await replaceReplicas();
    await expectNoneRestarted();
  });

  it('by 40 Pods of 1.1 MB that it scans', async () => {
    const env = times(20_000, i => ({ name: `NAME_${i}`, value: 'x'.repeat(20) }));
    const spec = { schedulingGates: [{ name: 'example.com/never' }], containers: [container({ env })] };
    for (let i = 0; i < PODS; i++)
      await kubectlOk(['create', '-f', '-'], pod(`large-${i}`, { namespace: ELSEWHERE, spec }));
    await replaceReplicas();
    await poll(
      'the leader has scanned',
      async () => {
        const ended = await Promise.all(
          (await replicas()).map(one => metric(one, 'cofferdam_scan_last_success_timestamp_seconds')),
        );
        return ended.some(seconds => seconds > 0) ? true : undefined;
      },
      120,
    );
    await expectNoneRestarted();
  });
});
