import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helmOk } from './support/helm.ts';
import { kubectlOk } from './support/kubectl.ts';
import { BUILD_TIMEOUT } from './support/own-image.ts';
import { poll } from './support/poll.ts';
import {
  HOME,
  install,
  metric,
  release,
  removeRelease,
  replicas,
  SANDBOX,
  scale,
  settled,
} from './support/release.ts';
import { during, type Kind, type Outcome, type Streamed } from './support/stream.ts';

/** A creation takes less time than this where no webhook is asked. */
const MOST_MS = 2000;
const EXPIRY = 'cofferdam_certificate_expiry_timestamp_seconds';

const as = (kind: Kind) => (outcome: Outcome) => outcome.kind === kind;

/** Expects that no creation failed, fared otherwise than it should, or took too long. */
function expectNoneNoticed(outcomes: readonly Streamed[]): void {
  const odd = outcomes.filter(
    ({ kind, runtimeClass, message, took, unasked }) =>
      took > MOST_MS + unasked ||
      (kind === 'sandbox' && runtimeClass !== SANDBOX) ||
      (kind === 'admit' && (message !== undefined || runtimeClass !== undefined)) ||
      (kind === 'reject' && !message?.includes('rejected')),
  );
  expect(odd).toEqual([]);
  for (const kind of ['sandbox', 'admit', 'reject'] as const) {
    expect(outcomes.filter(as(kind)).length).toBeGreaterThan(10);
  }
}

describe.each([
  ['the guard on', { guard: { enabled: true } }],
  ['the guard off, so that webhooks fail closed', { guard: { enabled: false } }],
])('twenty Pods a second, with %s', (_, values) => {
  beforeAll(() => install(values), BUILD_TIMEOUT);
  afterAll(removeRelease);

  it('do not notice a rolling upgrade', async () => {
    const before = await names();
    expectNoneNoticed(await during(() => release({ ...values, podAnnotations: { revision: '2' } })));
    expect((await names()).filter(name => before.includes(name))).toEqual([]);
  });

  it('nor a rollback', async () => {
    const rollback = ['rollback', 'cofferdam', '-n', HOME, '--wait', '--timeout', '3m'];
    expectNoneNoticed(await during(() => helmOk(rollback).then(() => settled())));
  });

  it('nor a certificate that cert-manager renews', async () => {
    expectNoneNoticed(await during(renewCertificate));
  });

  it('nor a scale from 2 to 5 to 2', async () => {
    const upAndDown = async () => {
      for (const count of [5, 2]) {
        await scale(count);
        await settled(count);
      }
    };
    expectNoneNoticed(await during(upAndDown));
  });
});

const names = async () => (await replicas()).map(({ metadata }) => metadata?.name);

/** Renews as `cmctl renew` does; done when every replica serves the new one. */
async function renewCertificate(): Promise<void> {
  const before = Math.max(...(await expiries()));
  const condition = {
    type: 'Issuing',
    status: 'True',
    reason: 'ManuallyTriggered',
    message: 'a test',
    lastTransitionTime: new Date().toISOString(),
  };
  const patch = JSON.stringify([{ op: 'add', path: '/status/conditions/-', value: condition }]);
  const certificate = ['certificate', 'cofferdam', '-n', HOME];
  await kubectlOk(['patch', ...certificate, '--subresource=status', '--type=json', '-p', patch]);
  await poll(
    'every replica serves the new certificate',
    async () => {
      // The kubelet looks at a Pod's Secrets when the Pod changes, and every minute or so.
      await kubectlOk(['annotate', 'pods', '-n', HOME, '--all', '--overwrite', `looked=${Date.now()}`]);
      return (await expiries()).every(expiry => expiry > before) ? true : undefined;
    },
    100,
  );
}

const expiries = async (): Promise<readonly number[]> =>
  Promise.all((await replicas()).map((replica: V1Pod) => metric(replica, EXPIRY)));
