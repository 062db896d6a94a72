import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apply, kubectlOk } from '../e2e/support/kubectl.ts';
import { verdictOn } from '../e2e/support/live.ts';
import { HIGH_RISK, pod, UNCONTAINABLE } from '../e2e/support/pods.ts';
import { poll } from '../e2e/support/poll.ts';
import { Relay } from '../e2e/support/relay.ts';
import { startWebhook } from '../e2e/support/serve.ts';
import { LIVE_KUBECONFIG, WORK } from '../e2e/support/settings.ts';
import { compactEtcd, killApiServer, nodeLists, startControl } from './control.ts';
import { isReady, memoryOf, openFiles, type Serving, serve, staleness, tell } from './serving.ts';
import { type Steady, startSteady } from './steady.ts';

const POLICY = 'faults';
/** Pauses between tries are 5 s at most, and then 5,000 nodes are listed, which a busy machine takes long for. */
const PATIENCE_SECONDS = 40;
/** The policy isolates what runs in this namespace, whose Pods nobody else asks about. */
const JUDGED = pod('plain', { namespace: 'ns-4' });
const floor = {
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: { name: POLICY },
  spec: {
    match: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ns-4' } } },
    minimumIsolation: 'app-kernel',
  },
};

const relay = new Relay();
let serving: Serving;
let steady: Steady;
beforeAll(async () => {
  serving = await serve([], await relay.start(LIVE_KUBECONFIG));
});
beforeEach(() => {
  steady = startSteady(serving);
});
/** After each fault: not one wrong verdict, and none that was not given. */
afterEach(async () => {
  const { answered, wrong } = await steady.stop();
  tell(`${answered} reviews answered meanwhile, ${wrong.length} of them wrong`);
  expect(wrong).toEqual([]);
  expect(answered).toBeGreaterThan(20);
});
afterAll(async () => {
  await serving?.stop();
  await relay.close();
});

/** Writes the policy, or deletes it, and waits until it counts; in seconds. */
async function inStep(isolated: boolean): Promise<number> {
  const begin = performance.now();
  if (isolated) expect(await apply(floor)).toMatchObject({ code: 0 });
  else await kubectlOk(['delete', 'csbp', POLICY]);
  return becomes(isolated, begin);
}

async function becomes(isolated: boolean, begin = performance.now()): Promise<number> {
  const expected = isolated ? 'gvisor' : 'none';
  await poll(
    `the Pod is given ${expected}`,
    async () => ((await verdictOn(serving, JUDGED)) === expected ? true : undefined),
    PATIENCE_SECONDS,
  );
  return (performance.now() - begin) / 1000;
}

describe('under load', () => {
  it('the API server is killed and started: decided as before, then in step within seconds', async () => {
    await inStep(true);
    await killApiServer();
    await sleep(4000);
    expect(await isReady(serving)).toBe(true);
    expect(await staleness(serving)).toBeGreaterThan(3);
    expect(await verdictOn(serving, JUDGED)).toBe('gvisor');
    await startControl();
    tell(`in step ${(await inStep(false)).toFixed(1)} s after a change that followed the start`);
    await kubectlOk(['label', 'namespace', 'ns-4', 'cofferdam.dev/risk=high']);
    tell(`and ${(await becomes(true)).toFixed(1)} s after a change of the namespace`);
    await kubectlOk(['label', 'namespace', 'ns-4', 'cofferdam.dev/risk-']);
    await becomes(false);
  });

  it('etcd is compacted while nothing gets through, and the API server starts anew: it lists again', async () => {
    await relay.close();
    await apply(floor);
    await compactEtcd();
    await killApiServer();
    await startControl();
    const lists = await nodeLists();
    expect(await verdictOn(serving, JUDGED)).toBe('none');
    await relay.open();
    tell(`in step ${(await becomes(true)).toFixed(1)} s after the way was open again`);
    await poll('nodes are listed again', async () => ((await nodeLists()) > lists ? true : undefined));
    await inStep(false);
  });

  it('its connections are cut, again and again: in step each time, and nothing is left over', async () => {
    const before = { files: openFiles(serving.pid), memory: memoryOf(serving.pid).now };
    const seconds: number[] = [];
    for (let i = 0; i < 10; i++) {
      relay.cut();
      seconds.push(await inStep(i % 2 === 0));
    }
    tell(`in step after ${seconds.map(value => value.toFixed(1)).join(', ')} s`);
    await sleep(2000);
    const after = { files: openFiles(serving.pid), memory: memoryOf(serving.pid).now };
    tell(
      `${before.files} files and ${before.memory.toFixed(0)} MiB before, ${after.files} and ${after.memory.toFixed(0)} after`,
    );
    expect(after.files).toBeLessThan(before.files + 10);
    expect(after.memory).toBeLessThan(before.memory * 1.25);
  });

  it('a second replica that starts while nothing gets through is not ready before it has listed', async () => {
    await relay.close();
    let ready = false;
    const files = { log: join(WORK, 'second.log'), pid: join(WORK, 'second.pid') };
    const second = startWebhook(['--kubeconfig', LIVE_KUBECONFIG], files);
    void second.then(() => {
      ready = true;
    });
    await sleep(5000);
    expect(ready).toBe(false);
    await relay.open();
    await (await second).stop();
  });

  it('the last policy is deleted: the built-in one stays, and no door opens', async () => {
    await inStep(true);
    await kubectlOk(['delete', 'csbp', '--all', '--wait=false']);
    await kubectlOk(['delete', 'sbp', '-A', '--all', '--wait=false']);
    await becomes(false);
    expect(await verdictOn(serving, pod('risky', { namespace: 'ns-4', labels: HIGH_RISK }))).toBe('gvisor');
    expect(await verdictOn(serving, pod('host', { namespace: 'ns-4', spec: UNCONTAINABLE }))).toMatch(
      /host's PID/,
    );
    expect(await isReady(serving)).toBe(true);
  });
});
