import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { create } from './support/client.ts';
import { askToCreate } from './support/guarding.ts';
import { kubectlOk } from './support/kubectl.ts';
import { storedGuard } from './support/leader.ts';
import { BUILD_TIMEOUT, ownImage } from './support/own-image.ts';
import { poll } from './support/poll.ts';
import { type Previous, previousVersion } from './support/previous.ts';
import { ENFORCED, install, release, removeRelease, SANDBOX } from './support/release.ts';
import { gated } from './support/running.ts';
import { E2E_LABEL, MODE_LABEL } from './support/settings.ts';
import {
  type Attempts,
  attempts,
  isOfGuard,
  refusalOfStatus,
  statusAttempts,
} from './support/status-stream.ts';
import { during, type Outcome } from './support/stream.ts';

/** Its status is what is written to all the while. */
const STORED = 'stored';
/** Its label asks for a sandbox: of Pods in which nothing is found, this is what the guard of labels stands for. */
const ASKING = 'cofferdam-e2e-asking';
const values = { guard: { enabled: true } };

let previous: Previous;
beforeAll(async () => {
  await ownImage();
  previous = await previousVersion();
  await install(values, previous);
  const labels = { [E2E_LABEL]: 'true', [MODE_LABEL]: 'enforce', 'cofferdam.dev/risk': 'high' };
  await kubectlOk(['apply', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: ASKING, labels },
  });
  await guardOf('the version before', spec => !spec.includes('nothingFound'));
}, BUILD_TIMEOUT);
afterAll(async () => {
  await kubectlOk(['delete', 'namespace', ASKING, '--ignore-not-found']);
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
    120,
  );

/** Plain Pods where a label of the Namespace asks for a sandbox; nothing is stored. What is not given it is told. */
const askingAttempts = (): Attempts =>
  attempts(async () => {
    const asked = await askToCreate(gated('asking', { namespace: ASKING }));
    if ('refused' in asked) return asked.refused;
    const given = asked.pod.spec?.runtimeClassName;
    return given === SANDBOX ? undefined : `in the class ${given}`;
  });

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
  const tried = [statusAttempts(STORED), askingAttempts()];
  const end = () => Promise.all(tried.map(one => one.end()));
  // Ended before the Pod is removed with all others.
  const outcomes = await during(() => work().finally(end));
  expectNoGap(outcomes);
  for (const { sent, odd } of await end()) {
    expect(odd).toEqual([]);
    expect(sent).toBeGreaterThan(10);
  }
}

/** Before Kubernetes 1.36 nothing is put in front of the guard. */
const FRONT = process.env.KUBERNETES === '1.30' ? 'nothingFound' : 'may-have-to-be-judged';

describe('twenty Pods a second do not notice', () => {
  it('an upgrade from the version before: what it refuses is refused at every moment', () =>
    expectNoGapDuring(async () => {
      await release(values);
      await guardOf('this version', spec => spec.includes(FRONT));
    }));

  it('nor the way back', () =>
    expectNoGapDuring(async () => {
      await release(values, previous);
      await guardOf('the version before', spec => !spec.includes('nothingFound'));
    }));
});
