import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GUARD } from '../../src/guard/names.ts';
import { create } from './support/client.ts';
import { applyAll, askToCreate, guardBindingItems } from './support/guarding.ts';
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

/** The test writes to the status of this Pod all the while. */
const STORED = 'stored';
/** Its label asks for a sandbox: of Pods in which nothing is found, this is what the guard of labels stands for. */
const ASKING = 'cofferdam-e2e-asking';
/** The same, where no webhook is asked, as it has no mode: bindings of the test's own bring the guard there. */
const ALONE = 'cofferdam-e2e-asking-alone';
/** What docs/guard.md says of a rollback: a leader looks each 30 s, and the API server compiles what it wrote. */
const GAP_SECONDS = 35;
const values = { guard: { enabled: true } };

let previous: Previous;
beforeAll(async () => {
  await ownImage();
  previous = await previousVersion();
  await install(values, previous);
  const asking = { [E2E_LABEL]: 'true', 'cofferdam.dev/risk': 'high' };
  const namespace = (name: string, labels: object) => ({
    ...{ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } },
  });
  await applyAll([
    namespace(ASKING, { ...asking, [MODE_LABEL]: 'enforce' }),
    namespace(ALONE, asking),
    ...aloneBindings(),
  ]);
  await guardOf('the version before', spec => !spec.includes('nothingFound'));
}, BUILD_TIMEOUT);
afterAll(async () => {
  await kubectlOk(['delete', 'validatingadmissionpolicybinding', '-l', 'cofferdam.dev/e2e-alone']);
  await kubectlOk(['delete', 'namespace', ASKING, ALONE, '--ignore-not-found']);
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

/** Binds both guards as the chart does, under other names, so that no release takes them away. */
const aloneBindings = () =>
  guardBindingItems({
    ...{ name: GUARD, namespaces: [ALONE], action: 'Deny' },
    labels: { [E2E_LABEL]: 'true', 'cofferdam.dev/e2e-alone': 'true' },
  }).map(one => ({ ...one, metadata: { ...one.metadata, name: `${ALONE}-${one.metadata.name}` } }));

/** Plain Pods that the guard alone refuses. @returns for how long it let any through, once they are ended */
function aloneAttempts() {
  const passed: number[] = [];
  const tried = attempts(async () => {
    const asked = await askToCreate(gated('asking', { namespace: ALONE }));
    if ('refused' in asked) return isOfGuard(asked.refused) ? undefined : asked.refused;
    passed.push(performance.now());
    return undefined;
  });
  return {
    end: async () => {
      const ended = await tried.end();
      const [first = 0] = passed;
      return { ...ended, passed: passed.length, seconds: ((passed.at(-1) ?? first) - first) / 1000 };
    },
  };
}

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
async function expectNoGapDuring(work: () => Promise<unknown>, aloneSeconds = 0): Promise<void> {
  await create(gated(STORED, { namespace: ENFORCED }));
  // A guard that was written takes effect a moment later, once the API server has compiled it.
  await poll('the guard is in force', async () =>
    isOfGuard(await refusalOfStatus(STORED)) ? true : undefined,
  );
  const refusesAlone = async () => {
    const asked = await askToCreate(gated('asking', { namespace: ALONE }));
    return 'refused' in asked && isOfGuard(asked.refused) ? true : undefined;
  };
  await poll('the guard refuses where no webhook is asked', refusesAlone);
  const alone = aloneAttempts();
  const tried = [statusAttempts(STORED), askingAttempts()];
  const end = () => Promise.all(tried.map(one => one.end()));
  // Ended before the Pod is removed with all others.
  const outcomes = await during(() => work().finally(() => Promise.all([end(), alone.end()])));
  expectNoGap(outcomes);
  for (const { sent, odd } of await end()) {
    expect(odd).toEqual([]);
    expect(sent).toBeGreaterThan(10);
  }
  const gap = await alone.end();
  process.stdout.write(
    `where no webhook is asked, ${gap.passed} of ${gap.sent} were let through, in ${gap.seconds} s\n`,
  );
  expect(gap.odd).toEqual([]);
  expect(gap.sent).toBeGreaterThan(10);
  if (aloneSeconds === 0) expect(gap.passed).toBe(0);
  else expect(gap.seconds).toBeLessThan(aloneSeconds);
  // Whatever the gap let through, it has ended.
  await poll('the guard refuses where no webhook is asked', refusesAlone);
}

/** Before Kubernetes 1.36 nothing is put in front of the guard. */
const FRONT = process.env.KUBERNETES === '1.30' ? 'nothingFound' : 'may-have-to-be-judged';

describe('twenty Pods a second do not notice', () => {
  it('an upgrade from the version before: what it refuses is refused at every moment', () =>
    expectNoGapDuring(async () => {
      await release(values);
      await guardOf('this version', spec => spec.includes(FRONT));
    }));

  it('nor the way back, but for less than 35 s where no webhook is asked and a label of the Namespace asks', () =>
    expectNoGapDuring(async () => {
      await release(values, previous);
      await guardOf('the version before', spec => !spec.includes('nothingFound'));
    }, GAP_SECONDS));
});
