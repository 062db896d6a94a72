import { execFile, spawn } from 'node:child_process';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/kube/connect.ts';
import { outputOf } from '../e2e/support/output.ts';
import { poll } from '../e2e/support/poll.ts';
import { MAIN } from '../e2e/support/settings.ts';
import { countPods } from '../support/count-pods.ts';
import { benchLive } from './cost.ts';
import { SIZE } from './objects.ts';
import { installReports } from './reports.ts';
import { logOf, memoryOf, type Serving, serve, tell } from './serving.ts';

const MOST_MEMORY = 400;
/** The goal for a scan; on a slower machine it may take as long as the Pods need to be read so many times. */
const SCAN_SECONDS = 120;
const SCAN_READINGS = 6;

describe('serve on 5,000 nodes, 10,000 namespaces, 50,000 Pods and 200 policies', () => {
  let serving: Serving;
  beforeAll(async () => {
    await installReports();
    serving = await serve(['--scan', '--lease-namespace', 'default']);
    // The scan is to take one core, with all threads of the process.
    await promisify(execFile)('taskset', ['-acp', '0', String(serving.pid)]);
  });
  afterAll(() => serving?.stop());

  it('is ready within 30 s of its start', () => {
    tell(`ready after ${serving.seconds.toFixed(1)} s`);
    expect(serving.seconds).toBeLessThan(30);
  });

  it('scans every Pod within two minutes on one core, and tells how far it is', async () => {
    const [scanned] = await poll('the scan ends', async () => nonEmpty(logOf('scanned')), 600);
    tell(
      `scanned ${scanned?.pods} Pods in ${Number(scanned?.seconds).toFixed(0)} s: ${JSON.stringify(scanned)}`,
    );
    expect(scanned?.pods).toBe(SIZE.pods);
    const reading = await secondsToReadPods();
    tell(`only reading them, in pages of as many: ${reading.toFixed(0)} s`);
    expect(Number(scanned?.seconds)).toBeLessThan(Math.max(SCAN_SECONDS, SCAN_READINGS * reading));
    const progress = logOf('scanning').map(({ pods }) => Number(pods));
    expect(progress.length).toBeGreaterThan(0);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  }, 900_000);

  it('never holds more than 400 MiB, the scan included', async () => {
    await sleep(2000);
    const { now, highest } = memoryOf(serving.pid);
    tell(`${now.toFixed(0)} MiB resident, ${highest.toFixed(0)} MiB at most`);
    expect(highest).toBeLessThan(MOST_MEMORY);
  });
});

it('a decision costs at most three times what it costs on a small cluster', async () => {
  for (const { name, small, large, ratio } of await benchLive()) {
    tell(
      `${name.padEnd(24)} ${small.toFixed(1)} µs on 3 nodes, ${large.toFixed(1)} µs here: ${ratio.toFixed(2)} ×`,
    );
    expect(ratio, name).toBeLessThan(3);
  }
});

it('review --from-cluster judges every Pod, and counts them for who watches', async () => {
  const begin = performance.now();
  // script(1) gives it a terminal, where progress is shown.
  const command = `${process.execPath} ${MAIN} review --from-cluster --fail-on never`;
  const child = spawn('script', ['-qec', command, '/dev/null'], { env: { ...process.env, NO_COLOR: '1' } });
  const { code, stdout } = await outputOf(child);
  tell(`reviewed in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  expect(code).toBe(0);
  expect(stdout).toMatch(/50000 Pods in 10000 namespaces of context "c": \d+ admit, \d+ sandbox, \d+ reject/);
  expect(stdout).toMatch(/\rread pods: \d+ of 50\d\d\d/);
  expect(stdout).toMatch(/\rjudged \d+ of 50000/);
});

/** The control of the scan, in the same run: the same pages from the same API server, and nothing done with them. */
async function secondsToReadPods(): Promise<number> {
  const { api } = await connect({ kubeconfig: process.env.KUBECONFIG ?? '' });
  const begin = performance.now();
  expect(await countPods(api)).toBe(SIZE.pods);
  return (performance.now() - begin) / 1000;
}

const nonEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);
