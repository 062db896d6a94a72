import { setImmediate as turn } from 'node:timers/promises';
import * as client from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scanPods } from '../../src/controller/scan/pods.ts';
import { type Connection, connectionOf } from '../../src/kube/connect.ts';
import { runtimeClass, viewOf } from '../support/cluster.ts';
import { countPods } from '../support/count-pods.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { type PodServer, startPodServer } from '../support/start-pod-server.ts';
import { namespace } from '../view/objects.ts';

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
afterAll(() => server.stop());

const signal = new AbortController().signal;
interface Timed<T> {
  readonly result: T;
  readonly seconds: number;
  /** Seconds in which the event loop was not waiting: neither for the API server nor for the next page's turn. */
  readonly busy: number;
}

async function timed<T>(work: () => Promise<T>): Promise<Timed<T>> {
  const start = performance.now();
  const before = performance.eventLoopUtilization();
  const result = await work();
  const busy = performance.eventLoopUtilization(before).active / 1000;
  return { result, busy, seconds: (performance.now() - start) / 1000 };
}

/** The longest that anything else had to wait for its turn, in milliseconds. */
function watchLoop(): () => number {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return longest;
  };
}

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
  const control = await timed(() => countPods(connection.api));
  expect(control.result).toBe(PODS);
  const stop = watchLoop();
  const { result, seconds, busy } = await timed(scan);
  const longest = stop();
  await turn();
  process.stdout.write(
    `scan of ${PODS} Pods: ${seconds.toFixed(1)} s, busy for ${busy.toFixed(1)} s of them; only reading them: busy for ${control.busy.toFixed(1)} s; longest turn ${longest.toFixed(0)} ms\n`,
  );
  expect(result.pods).toBe(PODS);
  const drifted = result.namespaces.reduce((sum, one) => sum + one.drifted, 0);
  expect(drifted).toBe(PODS / 10 + PODS / 100);
  expect(busy / control.busy).toBeLessThan(3);
});
