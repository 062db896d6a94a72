import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OutputOptions, rolldown } from 'rolldown';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import config from '../../rolldown.config.ts';
import { LIMITS } from '../../src/admission/handler.ts';
import { type Address, endAll, hold, holdUsed } from '../e2e/support/attack.ts';
import { FakeApiServer } from '../support/api-server.ts';
import { halfHello } from '../support/half-hello.ts';
import { NODE_FLAGS } from '../support/node-flags.ts';
import { ObjectStore } from '../support/object-store.ts';
import { namespace, node, runtimeClass } from '../support/objects.ts';
import { until } from '../support/until.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** The folder is as deep as dist/bundle, since what lies beside is found from there. */
const BUNDLES = join(ROOT, 'coverage');
/** The chart's limit, in MiB. */
const LIMIT = Number(
  /limits:\n(?: +.*\n)*? +memory: (\d+)Mi/.exec(
    readFileSync(join(ROOT, 'charts/cofferdam/values.yaml'), 'utf8'),
  )?.[1],
);
/** The memory that the chart requests, in MiB. */
const REQUEST = Number(
  /requests:\n(?: +.*\n)*? +memory: (\d+)Mi/.exec(
    readFileSync(join(ROOT, 'charts/cofferdam/values.yaml'), 'utf8'),
  )?.[1],
);
/** What V8 lets its heap have under such a limit: half (Heap::HeapSizeFromPhysicalMemory), where there is a cgroup. */
const HEAP = `--max-old-space-size=${LIMIT / 2}`;
const WAIT_MS = 90_000;
/** The time until a thousand connections have been asked through. */
const HELD_MS = 5000;

let bundle: string;
let api: FakeApiServer;
let folder: string;
let child: ChildProcess | undefined;
let log: string;

/** The image runs the bundle, too: Node takes 40 MiB to read the same from TypeScript. */
beforeAll(async () => {
  mkdirSync(BUNDLES, { recursive: true });
  bundle = mkdtempSync(join(BUNDLES, 'bundle-'));
  const { output, ...input } = config;
  const built = await rolldown({ ...input, cwd: ROOT });
  await built.write({ ...(output as OutputOptions), dir: bundle });
  await built.close();
});
afterAll(() => rmSync(bundle, { recursive: true }));
beforeEach(async () => {
  log = '';
  folder = mkdtempSync(join(tmpdir(), 'memory-'));
  api = new FakeApiServer();
  await api.start();
  const leases = new ObjectStore('/apis/coordination.k8s.io/v1', 'leases');
  api.intercept = (call, response) => leases.answer(call, response);
  api.put('RuntimeClass', runtimeClass('gvisor', 'runsc'));
  api.put('Node', node('a', [{ name: 'runsc' }]));
  api.put('Namespace', namespace('shop'));
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await api.stop();
  rmSync(folder, { recursive: true });
});

/** A replica that leads, with as much heap as it would have in its Pod. */
function serve(): void {
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, api.kubeconfig());
  const work = ['--status', '--guard', '--scan', '--lease-namespace', 'home'];
  child = spawn(
    process.execPath,
    [
      ...NODE_FLAGS,
      HEAP,
      join(bundle, 'main.js'),
      'serve',
      '--self-signed',
      '--port',
      '0',
      '--metrics-port',
      '0',
      '--kubeconfig',
      kubeconfig,
      ...work,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (log += chunk));
}

/** The most that it ever held, in MiB (proc(5), VmHWM). */
function highest(): number {
  expect(child?.exitCode ?? child?.signalCode ?? undefined, log.slice(-2000)).toBeUndefined();
  const status = readFileSync(`/proc/${child?.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/**
 * Of the processor, in all, by the thread that answers requests (proc(5), stat: utime and stime, in hundredths): the
 * collector's own threads take as much again on one machine and nothing on another.
 */
function processorSeconds(): number {
  const fields = readFileSync(`/proc/${child?.pid}/task/${child?.pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const has = (message: string) => async (): Promise<boolean> => {
  highest();
  return log.includes(message);
};

const reloaded = (): number => log.split('"msg":"the policies were reloaded"').length;

/** The address at which it takes reviews, once it serves. */
async function address(): Promise<Address> {
  await until(() => highest() > 0 && /"msg":"serving".*\n/.test(log), WAIT_MS);
  const { port } = JSON.parse(log.split('\n').find(line => line.includes('"msg":"serving"')) ?? '{}');
  return { host: '127.0.0.1', port };
}

/** Opens so many connections, each of which sends this, and holds them until the other side has ended all. */
async function send(to: Address, count: number, bytes: Buffer): Promise<void> {
  let ended = 0;
  for (let i = 0; i < count; i++) {
    const socket = connect(to).on('error', () => undefined);
    socket.on('close', () => ended++).resume();
    socket.write(bytes);
  }
  await until(() => highest() > 0 && ended === count, WAIT_MS);
}

const policy = (name: string, rules: number, expression: (rule: number) => string) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'SandboxPolicy',
  metadata: { name, namespace: 'shop', uid: name, generation: 1 },
  spec: {
    scoring: {
      rules: Array.from({ length: rules }, (_, i) => ({
        name: `r${i}`,
        weight: 10,
        expression: expression(i),
      })),
    },
  },
});

describe.runIf(process.platform === 'linux')(
  'under the memory limit of the chart, nothing ends a replica:',
  () => {
    it('and one that leads and has nothing to do takes less than is asked for', async () => {
      serve();
      await until(has('"msg":"scanned"'), WAIT_MS);
      expect(highest()).toBeLessThan(REQUEST);
    }, 120_000);

    it('not 320 SandboxPolicies of 130 kB', async () => {
      for (let i = 0; i < 320; i++)
        api.put(
          'SandboxPolicy',
          policy(`p${i}`, 32, j => `object.metadata.name == '${i}-${j}${'x'.repeat(4000)}'`),
        );
      serve();
      await until(has('more than its share'), WAIT_MS);
      await until(has('"msg":"scanned"'), WAIT_MS);
      expect(highest()).toBeLessThan(LIMIT);
    }, 120_000);

    it('not namespaces that fill the room with rules that compile to the most, and change them', async () => {
      const terms = (rule: number) =>
        Array.from({ length: 60 }, (_, i) => `size(string(${rule}${i})) > ${i}`).join(' || ');
      const fill = (i: number, generation: number): void => {
        const { metadata, ...rest } = policy(`p${i}`, 16, terms);
        api.put('SandboxPolicy', { ...rest, metadata: { ...metadata, namespace: `n-${i}`, generation } });
      };
      for (let i = 0; i < 16; i++) {
        api.put('Namespace', namespace(`n-${i}`));
        fill(i, 1);
      }
      serve();
      await until(has('"msg":"scanned"'), WAIT_MS);
      for (let generation = 2; generation < 5; generation++) {
        const reloads = reloaded();
        for (let i = 0; i < 4; i++) fill(i, generation);
        await until(() => highest() > 0 && reloaded() > reloads, WAIT_MS);
      }
      expect(highest()).toBeLessThan(LIMIT);
    }, 120_000);

    it('not a thousand handshakes that stop halfway, beside as many connections as are let in and bodies that fill the intake', async () => {
      serve();
      const to = await address();
      const held = Array.from({ length: LIMITS.connections }, () => holdUsed(to));
      await sleep(HELD_MS);
      held.push(...Array.from({ length: 20 }, () => hold(to, 5_592_000)));
      for (let i = 0; i < 2; i++) await send(to, 1000, halfHello(130_000));
      endAll(held);
      expect(highest()).toBeLessThan(LIMIT);
    }, 120_000);

    it('not a SandboxPolicy, a node and a namespace of 60,000 labels each, changed all the time; nor is it kept busy', async () => {
      const labels = Object.fromEntries(Array.from({ length: 60_000 }, (_, i) => [`l${i}`, 'x']));
      const { metadata, ...rest } = policy('large', 0, String);
      const objects = {
        SandboxPolicy: { ...rest, metadata: { ...metadata, labels } },
        Node: node('large', [{ name: 'runsc' }], { labels: labels }),
        Namespace: namespace('large', labels),
      };
      for (const [kind, object] of Object.entries(objects)) api.put(kind, object);
      serve();
      await until(has('"msg":"scanned"'), WAIT_MS);
      // Written once, so that this process is quicker than the replica.
      const changes = Object.entries(objects).map(([kind, object]) => {
        const changed = { ...object.metadata, resourceVersion: 'COUNT', annotations: { count: 'COUNT' } };
        return [
          kind,
          JSON.stringify({ type: 'MODIFIED', object: { ...object, metadata: changed } }),
        ] as const;
      });
      const [began, before] = [performance.now(), processorSeconds()];
      for (let i = 0; i < 30; i++) {
        for (const [kind, line] of changes) api.say(kind, line.replaceAll('COUNT', String(1_000_000 + i)));
        await sleep(100);
      }
      const busy = (processorSeconds() - before) / ((performance.now() - began) / 1000);
      // A tenth for each of the three; before, all of it. Others that keep the machine busy only make it less.
      expect(busy).toBeLessThan(0.5);
      expect(highest()).toBeLessThan(LIMIT);
    }, 120_000);

    it('not 40 Pods of 1 MB that are scanned', async () => {
      const env = Array.from({ length: 30_000 }, (_, i) => ({ name: `NAME${i}`, value: 'x' }));
      for (let i = 0; i < 40; i++) {
        api.put('Pod', {
          metadata: { name: `p${i}`, namespace: 'shop', uid: `u${i}` },
          spec: { containers: [{ name: 'main', image: 'example.com/main:1', env }] },
          status: { phase: 'Pending' },
        });
      }
      serve();
      await until(has('"msg":"scanned"'), WAIT_MS);
      expect(log).toMatch(/"pods":40,.*"msg":"scanned"/);
      expect(highest()).toBeLessThan(LIMIT);
    }, 120_000);
  },
);
