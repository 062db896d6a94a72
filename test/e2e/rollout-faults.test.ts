import type { V1PodSpec } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kill, startKiller } from './support/kill.ts';
import { kubectlOk } from './support/kubectl.ts';
import { BUILD_TIMEOUT } from './support/own-image.ts';
import { HIGH_RISK, type PodTweak, UNCONTAINABLE } from './support/pods.ts';
import { poll } from './support/poll.ts';
import {
  ELSEWHERE,
  ENFORCED,
  HOME,
  install,
  removeRelease,
  replicas,
  SANDBOX,
  scale,
  settled,
} from './support/release.ts';
import { gated } from './support/running.ts';
import { during, isWrong, type Kind, type Outcome, outcomeOf } from './support/stream.ts';

/** Calls of the mutating and of the validating webhook, each until its timeout, and the rest. */
const TIMEOUTS_MS = 4500;
const UNNOTICED_MS = 1000;
/**
 * From the command to kill on, in milliseconds. For some tenths of a second after the kill a replica is still an endpoint
 * that the API server may choose, and it does not try another where the connection is refused.
 */
const NOTICED_MS = 3000;
/** The API server's own words, for a webhook that is to fail closed. */
const FROM_API_SERVER = /failed calling webhook "enforce\.(mutate|validate)\.cofferdam\.dev"/;

const IN_A_SANDBOX: Partial<V1PodSpec> = { runtimeClassName: SANDBOX };

let numbered = 0;
const attempt = (kind: Kind, tweak: PodTweak): Promise<Outcome> =>
  outcomeOf(kind, gated(`fault-${numbered++}`, { namespace: ENFORCED, ...tweak }));

const failed = ({ kind, message }: Outcome): boolean =>
  message !== undefined && !(kind === 'reject' && message.includes('rejected'));

describe.each([
  ['the guard on', { guard: { enabled: true } }],
  ['the guard off, so that webhooks fail closed', { guard: { enabled: false } }],
])('with %s', (_, values) => {
  const guarded = values.guard.enabled;
  beforeAll(() => install(values), BUILD_TIMEOUT);
  afterAll(removeRelease);

  it('a replica that is killed fails what is sent to it until that is noticed, and admits nothing wrongly', async () => {
    const [victim] = await replicas();
    if (!victim) throw new Error('there is no replica');
    await startKiller(victim.spec?.nodeName ?? '');
    let killedAt = 0;
    const outcomes = await during(async () => {
      killedAt = performance.now();
      await kill(victim);
      await poll('it was started again', async () => {
        const { restartCount } = (await replicas()).find(
          ({ metadata }) => metadata?.name === victim.metadata?.name,
        )?.status?.containerStatuses?.[0] ?? { restartCount: 0 };
        return restartCount > 0 ? true : undefined;
      });
      await settled(2);
    });
    expect(outcomes.filter(isWrong)).toEqual([]);
    const failures = outcomes.filter(failed);
    const apart = ({ at, took }: Outcome): boolean => at + took < killedAt || at > killedAt + NOTICED_MS;
    expect(failures.filter(apart)).toEqual([]);
    for (const { kind, message } of failures) {
      // The guard refuses for good what no sandbox contains, whichever webhook did not answer.
      const fromGuard = kind === 'reject' ? /No RuntimeClass contains it/ : /Try again/;
      expect(message).toMatch(guarded ? fromGuard : FROM_API_SERVER);
    }
  });

  describe('and every replica gone', () => {
    beforeAll(async () => {
      await scale(0);
      await settled(0);
    });

    it('what must be refused is refused, within the timeout', async () => {
      const refused = [
        await attempt('reject', { spec: UNCONTAINABLE }),
        await attempt('sandbox', { labels: HIGH_RISK }),
      ];
      const messages = guarded ? /cofferdam-guard/ : FROM_API_SERVER;
      for (const { message, took } of refused) {
        expect(message).toMatch(messages);
        expect(took).toBeLessThan(TIMEOUTS_MS);
      }
    });

    it(`what needs nothing is ${guarded ? 'admitted' : 'refused too'}, within the timeout`, async () => {
      const harmless = [
        await attempt('admit', {}),
        await attempt('sandbox', { labels: HIGH_RISK, spec: IN_A_SANDBOX }),
      ];
      expect(harmless.map(({ message }) => message === undefined)).toEqual([guarded, guarded]);
      for (const { took } of harmless) expect(took).toBeLessThan(TIMEOUTS_MS);
    });

    it('other namespaces do not notice', async () => {
      const outcome = await attempt('admit', { namespace: ELSEWHERE, spec: UNCONTAINABLE });
      expect(outcome.message).toBeUndefined();
      expect(outcome.took).toBeLessThan(UNNOTICED_MS);
    });

    afterAll(async () => {
      await scale(2);
      await settled(2);
    });
  });

  it('every replica killed at once comes back by itself', async () => {
    const before = (await replicas()).map(({ metadata }) => metadata?.name ?? '');
    await kubectlOk(['delete', 'pods', '-n', HOME, '--grace-period=0', '--force', ...before]);
    await settled(2);
    expect((await replicas()).filter(({ metadata }) => before.includes(metadata?.name ?? ''))).toEqual([]);
    await poll('a Pod gets its sandbox', async () => {
      const { runtimeClass } = await attempt('sandbox', { labels: HIGH_RISK });
      return runtimeClass === SANDBOX ? true : undefined;
    });
  });
});
