import { setTimeout as sleep } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { aborted } from '../../src/controller/clock.ts';
import { type Leader, type LeaderTask, startLeader } from '../../src/controller/leader.ts';
import { createLogger } from '../../src/log/logger.ts';
import { FakeApiServer, send } from '../support/api-server.ts';
import { ObjectStore } from '../support/object-store.ts';
import { until } from '../support/until.ts';

const TIMES = { leaseMs: 1000, renewMs: 600, retryMs: 100 };

let api: FakeApiServer;
let leases: ObjectStore;
let logged: Record<string, unknown>[];
const leaders: Leader[] = [];

beforeEach(async () => {
  logged = [];
  leases = new ObjectStore('/apis/coordination.k8s.io/v1', 'leases');
  api = new FakeApiServer();
  api.intercept = (call, response) => leases.answer(call, response);
  await api.start();
});
afterEach(async () => {
  await Promise.all(leaders.splice(0).map(one => one.stop()));
  await api.stop();
});

const waiting = (name: string): LeaderTask & { runs: number; running: boolean } => ({
  name,
  runs: 0,
  running: false,
  async run(signal) {
    this.runs++;
    this.running = true;
    await aborted(signal);
    this.running = false;
  },
});

function start(...tasks: LeaderTask[]) {
  const registry = new Registry();
  const leader = startLeader({
    ...{ api: api.connection().api, namespace: 'system', tasks, registry, times: TIMES },
    log: createLogger('debug', line => logged.push(JSON.parse(line))),
  });
  leaders.push(leader);
  const metric = async () => (await registry.getSingleMetric('cofferdam_leader')?.get())?.values[0]?.value;
  return { leader, metric };
}

it('the Lease is made, names its holder, and tasks run', async () => {
  const task = waiting('a');
  const { metric } = start(task);
  expect(await metric()).toBe(0);
  await until(() => task.running);
  expect(leases.get('system')).toMatchObject({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: 'cofferdam', namespace: 'system' },
    spec: { leaseDurationSeconds: 1, holderIdentity: expect.stringMatching(/^.+_[0-9a-f-]{36}$/) },
  });
  expect(await metric()).toBe(1);
});

it('another takes over once the first has stopped, and not before', async () => {
  const [a, b] = [waiting('a'), waiting('b')];
  const first = start(a);
  await until(() => a.running);
  start(b);
  await sleep(1500);
  expect(b.runs).toBe(0);
  await first.leader.stop();
  expect(a.running).toBe(false);
  expect(leases.get('system')).not.toHaveProperty('spec.holderIdentity');
  expect(await first.metric()).toBe(0);
  await until(() => b.running, 500);
});

it('tasks end where the API server is gone, and run again after', async () => {
  const task = waiting('a');
  start(task);
  await until(() => task.running);
  await api.stop();
  await until(() => !task.running, 1000);
  await api.start();
  await until(() => task.running);
  const told = logged.filter(({ msg }) => msg === 'the Lease cannot be read or written');
  expect(told).toHaveLength(1);
});

it('who may not write the Lease does not lead, and says so once', async () => {
  api.intercept = ({ method }, response) => {
    if (method === 'GET') send(response, 404, { message: 'not found' });
    else send(response, 403, { message: 'leases is forbidden' });
    return true;
  };
  const task = waiting('a');
  start(task);
  await sleep(700);
  expect(task.runs).toBe(0);
  const told = logged.filter(({ msg }) => msg === 'the Lease cannot be read or written');
  expect(told).toEqual([expect.objectContaining({ level: 'warn', reason: 'leases is forbidden' })]);
});

it('a task that fails takes no other along, and is told', async () => {
  const task = waiting('good');
  const broken: LeaderTask = { name: 'broken', run: () => Promise.reject(new Error('boom')) };
  start(broken, task);
  await until(() => task.running && logged.some(({ msg }) => String(msg).startsWith('a task of the leader')));
  expect(logged).toContainEqual(
    expect.objectContaining({
      level: 'error',
      task: 'broken',
      err: expect.objectContaining({ message: 'boom' }),
    }),
  );
  await sleep(300);
  expect(task.running).toBe(true);
});
