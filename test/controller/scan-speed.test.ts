import * as client from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scanPods } from '../../src/controller/scan/pods.ts';
import { type Connection, connectionOf } from '../../src/kube/connect.ts';
import { viewOf } from '../support/cluster.ts';
import { countPods } from '../support/count-pods.ts';
import { namespace, runtimeClass } from '../support/objects.ts';
import { processorTimeOf } from '../support/processor-time.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { type PodServer, startPodServer } from '../support/start-pod-server.ts';

/** A tenth of what `npm run scale` holds to seconds, on a real API server: here only a ratio is judged. */
const PODS = 5_000;
const PER_NAMESPACE = 50;

let server: PodServer;
let connection: Connection;
beforeAll(async () => {
  server = await startPodServer(PODS, PER_NAMESPACE);
  const config = new client.KubeConfig();
  config.loadFromString(server.kubeconfig);
  connection = connectionOf(config);
});
// Where the server did not start, that error must show, and not one of this line.
afterAll(() => server?.stop());

const signal = new AbortController().signal;

it('Pods are scanned at a small multiple of only reading them', async () => {
  const namespaces = Array.from({ length: PODS / PER_NAMESPACE }, (_, i) => namespace(`ns-${i}`));
  const view = viewOf(runtimeClass('gvisor', 'runsc'), runtimeClass('kata', 'kata-qemu'), ...namespaces);
  const scan = () =>
    scanPods({
      ...{ api: connection.api, signal, now: Date.now(), ground: { snapshot: snapshotOf(), view } },
      isOutOfScope: () => false,
      done: async one => void one.scanned(),
      progress: () => undefined,
    });
  // The server's processor time is that of a thread of its own.
  const control = await processorTimeOf(() => countPods(connection.api));
  expect(control.result).toBe(PODS);
  const { result, took } = await processorTimeOf(scan);
  expect(result.pods).toBe(PODS);
  const drifted = result.namespaces.reduce((sum, one) => sum + one.drifted, 0);
  expect(drifted).toBe(PODS / 10 + PODS / 100);
  expect(took / control.took).toBeLessThan(3);
});
