import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeApiServer } from '../support/api-server.ts';
import { ObjectStore } from '../support/object-store.ts';
import { namespace, node, runtimeClass } from '../support/objects.ts';
import { type Spawned, spawnServe } from './spawned.ts';
import { call, PODS, reviewOf, until } from './support.ts';

/*
Two processes against one API server, the clock of one an hour late.
*/

const HOUR_MS = 3_600_000;
const WAIT_MS = 20_000;

const late = (ms: number): string =>
  `data:text/javascript,const now = Date.now; globalThis.Date = class extends Date {
    constructor(...args) { args.length === 0 ? super(now() - ${ms}) : super(...args); }
    static now() { return now() - ${ms}; }
  };`;

let api: FakeApiServer;
let folder: string;
const replicas: Spawned[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clocks-'));
  api = new FakeApiServer();
  await api.start();
  const leases = new ObjectStore('/apis/coordination.k8s.io/v1', 'leases');
  api.intercept = (one, response) => leases.answer(one, response);
  api.put('RuntimeClass', runtimeClass('gvisor', 'runsc'));
  api.put('Node', node('a', [{ name: 'runsc' }]));
  api.put('Namespace', namespace('shop'));
  api.put('SandboxExemption', {
    metadata: { name: 'over', generation: 1 },
    spec: {
      match: { namespaces: ['shop'] },
      waive: [{ signal: 'hostPID' }],
      owner: 'team-a',
      reason: 'it reads processes',
      expires: new Date(Date.now() - HOUR_MS / 2).toISOString(),
    },
  });
  writeFileSync(join(folder, 'kubeconfig'), api.kubeconfig());
});
afterEach(async () => {
  for (const { child } of replicas.splice(0)) child.kill('SIGKILL');
  await api.stop();
  rmSync(folder, { recursive: true });
});

async function start(node: readonly string[] = []): Promise<Spawned> {
  const args = ['--kubeconfig', join(folder, 'kubeconfig'), '--status', '--lease-namespace', 'home'];
  const replica = await spawnServe('true', args, node);
  replicas.push(replica);
  await until(async () => (await replica.probe('/readyz')) === 200, WAIT_MS);
  return replica;
}

async function leads({ metricsPort }: Spawned): Promise<boolean> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  return /^cofferdam_leader 1$/m.test(text);
}

async function isAllowed({ port }: Spawned): Promise<boolean> {
  const url = `https://127.0.0.1:${port}/mutate/enforce`;
  const body = JSON.stringify(reviewOf(PODS.reject));
  return (await call(url, body, { rejectUnauthorized: false })).body.response.allowed;
}

it('of replicas whose clocks are an hour apart one leads, and each lets an exemption expire by its own', async () => {
  const behind = await start(['--import', late(HOUR_MS)]);
  await until(() => leads(behind), WAIT_MS);
  const right = await start();
  expect(await isAllowed(behind)).toBe(true);
  expect(await isAllowed(right)).toBe(false);
  for (let i = 0; i < 10; i++) {
    expect(await Promise.all([leads(behind), leads(right)])).toEqual([true, false]);
    await sleep(150);
  }
  behind.child.kill('SIGTERM');
  await until(() => leads(right), WAIT_MS);
}, 60_000);
