import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { create } from './support/client.ts';
import { storedGuard } from './support/leader.ts';
import { BUILD_TIMEOUT, ownImage } from './support/own-image.ts';
import { poll } from './support/poll.ts';
import { type Previous, previousVersion } from './support/previous.ts';
import { ENFORCED, install, release, removeRelease, SANDBOX } from './support/release.ts';
import { gated } from './support/running.ts';
import { isOfGuard, refusalOfStatus, statusAttempts } from './support/status-stream.ts';
import { during, type Outcome } from './support/stream.ts';

/** Its status is what is written to all the while. */
const STORED = 'stored';
const values = { guard: { enabled: true } };

let previous: Previous;
beforeAll(async () => {
  await ownImage();
  previous = await previousVersion();
  await install(values, previous);
  await guardOf('the version before', spec => !spec.includes('nothingFound'));
}, BUILD_TIMEOUT);
afterAll(async () => {
  await removeRelease();
  await previous?.remove();
});

/** Waits until the leader has written the guard as one version does. */
const guardOf = (version: string, isIts: (spec: string) => boolean): Promise<unknown> =>
  poll(
    `the guard is that of ${version}`,
    async () => {
      const { spec } = await storedGuard();
      return spec.validations && isIts(JSON.stringify(spec)) ? true : undefined;
    },
    60,
  );

/** Not one was let through that is refused or sandboxed before, and not one refused or sandboxed that needs nothing. */
function expectNoGap(outcomes: readonly Outcome[]): void {
  const odd = outcomes.filter(
    ({ kind, runtimeClass, message }) =>
      (kind === 'sandbox' && runtimeClass !== SANDBOX) ||
      (kind === 'admit' && (message !== undefined || runtimeClass !== undefined)) ||
      (kind === 'reject' && message === undefined),
  );
  expect(odd).toEqual([]);
  for (const kind of ['sandbox', 'admit', 'reject'] as const) {
    expect(outcomes.filter(one => one.kind === kind).length).toBeGreaterThan(10);
  }
}

/** Pods are made, and a status is written to that the guard alone watches over, for as long as the work takes. */
async function expectNoGapDuring(work: () => Promise<unknown>): Promise<void> {
  await create(gated(STORED, { namespace: ENFORCED }));
  // What is written is in force a moment later, once the API server has compiled it.
  await poll('the guard is in force', async () =>
    isOfGuard(await refusalOfStatus(STORED)) ? true : undefined,
  );
  const attempts = statusAttempts(STORED);
  // Ended before the Pod is removed with all others.
  const outcomes = await during(() => work().finally(attempts.end));
  expectNoGap(outcomes);
  const { sent, odd } = await attempts.end();
  expect(odd).toEqual([]);
  expect(sent).toBeGreaterThan(10);
}

describe('twenty Pods a second do not notice', () => {
  it('an upgrade from the version before: what it refuses is refused at every moment', () =>
    expectNoGapDuring(async () => {
      await release(values);
      await guardOf('this version', spec => spec.includes('nothingFound'));
    }));

  it('nor the way back', () =>
    expectNoGapDuring(async () => {
      await release(values, previous);
      await guardOf('the version before', spec => !spec.includes('nothingFound'));
    }));
});
