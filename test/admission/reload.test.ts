import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/admission/metrics.ts';
import { type LiveGround, reloadGround } from '../../src/admission/reload.ts';
import { watchPaths } from '../../src/admission/watch.ts';
import { loadServed } from '../../src/cli/serve/ground.ts';
import { createLogger } from '../../src/log/logger.ts';
import { until } from './support.ts';

const WATCH = { pollMs: 25, settleMs: 10 };
const policy = (minimumIsolation: string): string => `apiVersion: cofferdam.dev/v1alpha1
kind: ClusterSandboxPolicy
metadata:
  name: mine
spec:
  minimumIsolation: ${minimumIsolation}
`;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'policies-'));
  file = join(folder, 'mine.yaml');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('policies', () => {
  const logged: Record<string, unknown>[] = [];
  const metrics = createMetrics('test');
  const log = createLogger('info', line => logged.push(JSON.parse(line)));
  let live: LiveGround | undefined;
  afterEach(() => live?.stop());

  const floor = (): string | undefined =>
    live?.current().snapshot.policies.find(({ name }) => name === 'mine')?.minimumIsolation;
  const problems = async (): Promise<string | undefined> =>
    /^cofferdam_policy_problems (\d+)$/m.exec(await metrics.registry.metrics())?.[1];

  it('are swapped when they change; a broken set is told and leaves the last good one in force', async () => {
    writeFileSync(file, policy('app-kernel'));
    const load = () => loadServed({ policy: [folder], balanced: true });
    const { ground } = await load();
    if (!ground) throw new Error('the policy should load');
    live = reloadGround(ground, { load, paths: [folder] }, { log, metrics }, WATCH);
    expect(floor()).toBe('app-kernel');

    writeFileSync(file, policy('vm'));
    await until(() => floor() === 'vm');
    expect(await problems()).toBe('0');

    writeFileSync(file, policy('vmm'));
    await until(async () => (await problems()) === '1');
    expect(floor()).toBe('vm');
    expect(logged).toContainEqual(
      expect.objectContaining({
        level: 'error',
        file,
        line: 6,
        object: 'ClusterSandboxPolicy/mine',
        path: 'spec.minimumIsolation',
      }),
    );

    rmSync(file);
    await until(() => logged.some(({ file: at }) => at === folder));
    expect(floor()).toBe('vm');

    writeFileSync(file, policy('confidential-vm'));
    await until(() => floor() === 'confidential-vm');
    expect(await problems()).toBe('0');
  });

  it('say once what is wrong, however often they are read', async () => {
    writeFileSync(file, policy('vm'));
    const { ground } = await loadServed({ policy: [file], balanced: true });
    if (!ground) throw new Error('the policy should load');
    let messages = ['one', 'two'];
    const load = async () => ({
      ground,
      mended: true,
      problems: messages.map(message => ({
        severity: 'error' as const,
        position: { file: 'x' },
        path: '',
        message,
      })),
    });
    let changed: () => Promise<void> = async () => undefined;
    const onChange = (listener: () => Promise<void>) => {
      changed = listener;
    };
    logged.length = 0;
    live = reloadGround(ground, { load, paths: [], onChange }, { log, metrics });
    const told = () => logged.map(({ msg }) => msg).filter(msg => msg === 'one' || msg === 'two');
    for (let i = 0; i < 3; i++) await changed();
    expect(told()).toEqual(['one', 'two']);
    expect(await problems()).toBe('2');
    messages = ['two'];
    await changed();
    messages = ['one', 'two'];
    await changed();
    expect(told()).toEqual(['one', 'two', 'one']);
  });

  it('stay in force where loading itself breaks', async () => {
    writeFileSync(file, policy('vm'));
    const { ground } = await loadServed({ policy: [file], balanced: true });
    if (!ground) throw new Error('the policy should load');
    const load = () => Promise.reject(new Error('disk on fire'));
    live = reloadGround(ground, { load, paths: [file] }, { log, metrics }, WATCH);
    writeFileSync(file, policy('app-kernel'));
    await until(async () => (await problems()) === '1');
    expect(floor()).toBe('vm');
  });
});

describe('watching', () => {
  it('tells of files written, added and removed, also deep in a folder, and of nothing once ended', async () => {
    mkdirSync(join(folder, 'deep'));
    writeFileSync(file, 'one');
    let told = 0;
    const stop = watchPaths([folder], () => told++, WATCH);
    try {
      writeFileSync(join(folder, 'deep', 'new.yaml'), 'two');
      await until(() => told === 1);
      writeFileSync(file, 'three!');
      await until(() => told === 2);
      rmSync(file);
      await until(() => told === 3);
    } finally {
      stop();
    }
    writeFileSync(file, 'four');
    await new Promise(resolve => setTimeout(resolve, 60));
    expect(told).toBe(3);
  });

  it('waits until a path that is not there comes to be', async () => {
    let told = 0;
    const stop = watchPaths([file], () => told++, WATCH);
    try {
      writeFileSync(file, 'one');
      await until(() => told === 1);
    } finally {
      stop();
    }
  });
});
