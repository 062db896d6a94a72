import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kubectl, kubectlOk } from './support/kubectl.ts';
import { BUILD_TIMEOUT } from './support/own-image.ts';
import { HIGH_RISK } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { ELSEWHERE, ENFORCED, install, removeRelease, SANDBOX, scale, settled } from './support/release.ts';
import { gated } from './support/running.ts';
import { outcomeOf } from './support/stream.ts';

/** Restarts the whole control plane, and ends when its API server is ready. */
const RESTART = process.env.TEST_COFFERDAM_E2E_RESTART ?? '';

const DEPLOYMENT = 'after-the-restart';

describe.each([
  ['the guard on', { guard: { enabled: true } }],
  ['the guard off, so that webhooks fail closed', { guard: { enabled: false } }],
])('a control plane that restarts while no replica runs, with %s', (_, values) => {
  beforeAll(async () => {
    await install(values);
    await scale(0);
    await settled(0);
    await promisify(execFile)(RESTART, [], { timeout: 180_000 });
  }, BUILD_TIMEOUT);
  afterAll(removeRelease);

  it('comes back: nodes are ready, and Pods are made where nothing is enforced', async () => {
    await kubectlOk(['wait', 'node', '--all', '--for=condition=Ready', '--timeout=120s']);
    const args = ['-n', ELSEWHERE, '--image=registry.example/none'];
    await kubectlOk(['create', 'deployment', DEPLOYMENT, ...args]);
    await poll('its controller makes a Pod', async () => {
      const { stdout } = await kubectl(['get', 'pods', '-n', ELSEWHERE, '-o', 'name']);
      return stdout.includes(DEPLOYMENT) ? true : undefined;
    });
  });

  it('and so does the webhook', async () => {
    await scale(2);
    await settled(2);
    const risky = gated('after', { namespace: ENFORCED, labels: HIGH_RISK });
    const { runtimeClass } = await poll('a Pod gets its sandbox', async () => {
      const outcome = await outcomeOf('sandbox', risky);
      return outcome.message === undefined ? outcome : undefined;
    });
    expect(runtimeClass).toBe(SANDBOX);
  });
});
