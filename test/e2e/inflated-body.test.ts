import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unjudgedOf } from './support/attempts.ts';
import { core, create, dryRun, read, refusal } from './support/client.ts';
import { installCrds, type RemoveCrds } from './support/crds.ts';
import { applyAll, remove } from './support/guarding.ts';
import { bindGuard, removeGuard, startLeader } from './support/leader.ts';
import { container, pod } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { webhooksOf } from './support/registration.ts';
import { GATED, makeNamespace } from './support/running.ts';
import type { Webhook } from './support/serve.ts';
import { E2E_LABEL, GVISOR_CLASS, KATA_CLASS, LIVE_FILES, TLS_CERT } from './support/settings.ts';

/*
The author of a Pod could have the webhook not answer for it: the API server writes each `<` of the Pod with six characters
into what it asks, twice for an update, and a replica took no body of more than about twice what a Pod may be. With the
guard, the webhook fails open then. What only the webhook would know, the author had got around.
*/

const NAME = 'cofferdam-e2e-inflated';
const RULE = 'public-exposure';
const labels = { [E2E_LABEL]: 'true' };
const POLICY = {
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind: 'ClusterSandboxPolicy',
  metadata: { name: NAME, labels },
  spec: {
    match: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAME } } },
    scoring: {
      rules: [
        {
          name: RULE,
          expression: "object.metadata.?labels.?exposure.orValue('') == 'public'",
          weight: 70,
          message: 'What the internet reaches runs in a VM.',
        },
      ],
    },
  },
};

/** Twenty requests, of which some take as long as the API server waits for two webhooks. */
const PATIENCE_MS = 180_000;
/** Every message of the guard contains this. */
const BY_GUARD = "ValidatingAdmissionPolicy 'cofferdam-guard'";

/** Bytes of a Pod that is within what etcd takes, and six times that in the review. */
const INFLATING = 1_100_000;
const exposed = (name: string, probed: string, runtimeClassName?: string) => {
  const livenessProbe = { exec: { command: ['true', probed] } };
  return pod(name, {
    namespace: NAME,
    labels: { exposure: 'public' },
    spec: {
      ...GATED,
      ...(runtimeClassName && { runtimeClassName }),
      containers: [container({ livenessProbe })],
    },
  });
};
const inflated = (name: string, runtimeClassName?: string) =>
  exposed(name, '<'.repeat(INFLATING), runtimeClassName);

let leader: Webhook | undefined;
let removeCrds: RemoveCrds = async () => undefined;
beforeAll(async () => {
  removeCrds = await installCrds();
  await makeNamespace(NAME);
  await applyAll([POLICY]);
  leader = await startLeader();
  await register();
});
afterAll(async () => {
  await unregister();
  await stopLeader();
  await removeGuard();
  await removeCrds();
  await remove('namespace', NAME);
});

async function register(): Promise<void> {
  await applyAll(webhooksOf(leader?.port ?? 0, readFileSync(TLS_CERT).toString('base64'), NAME));
  await poll('the webhook is called, and knows the policy', async () => {
    const { spec } = await dryRun(exposed('probe', 'plain')).catch(() => ({ spec: undefined }));
    return spec?.runtimeClassName === KATA_CLASS ? true : undefined;
  });
}

const unregister = (): Promise<unknown> =>
  remove('mutatingwebhookconfiguration,validatingwebhookconfiguration', NAME);

async function stopLeader(): Promise<void> {
  const started = leader;
  leader = undefined;
  await started?.stop();
}

describe('a Pod that a rule of a cluster policy asks to run in a VM', () => {
  it('is given one by the webhook, and refused with less', async () => {
    expect((await dryRun(exposed('asks', 'plain'))).spec?.runtimeClassName).toBe(KATA_CLASS);
    const told = await refusal(dryRun(exposed('asks', 'plain', GVISOR_CLASS)));
    expect(told).toContain(`denied the request: Pod "asks" rejected`);
    expect(told).toContain(RULE);
  });

  it(
    'is judged when it is changed, which takes two of it',
    async () => {
      const half = (attempt: number) => exposed(`half-${attempt}`, '<'.repeat(INFLATING / 2));
      let stored = 0;
      await unjudgedOf(
        attempt => create(half(attempt)),
        (came, attempt) => {
          if (came === KATA_CLASS) stored = attempt;
          return came === KATA_CLASS;
        },
      );
      const { metadata, ...changed } = await read(half(stored));
      const name = metadata?.name ?? '';
      // Nothing but the webhook is asked here: one that goes unjudged is let in.
      await unjudgedOf(
        attempt => {
          const annotations = {
            ...metadata?.annotations,
            [`io.katacontainers.config.x${attempt}`]: '/bin/sh',
          };
          const body = { ...changed, metadata: { ...metadata, resourceVersion: '', annotations } };
          return core.replaceNamespacedPod({ name, namespace: NAME, body });
        },
        came => /admission webhook "validate\..* denied the request/.test(came),
      );
    },
    PATIENCE_MS,
  );

  it('is answered by its head where it has more values than are judged, and recorded under its name', async () => {
    const ports = Array.from({ length: 52_000 }, () => ({ containerPort: 1 }));
    const many = exposed('many', 'plain');
    const told = await refusal(create({ ...many, spec: { ...GATED, containers: [container({ ports })] } }));
    expect(told).toContain('cofferdam cannot judge this request: the body holds more than 100000 values');
    const line = `"namespace":"${NAME}","name":"many","user":"admin","verdict":"unreadable"`;
    // An answer does not wait for the log, which is written in batches.
    await poll(
      'it is in the log',
      async () => readFileSync(LIVE_FILES.log, 'utf8').includes(line) || undefined,
    );
  });

  describe('beside the guard', () => {
    beforeAll(async () => {
      await unregister();
      await bindGuard([NAME]);
      await poll('the guard refuses it', async () => {
        const told = await refusal(dryRun(exposed('probe', 'plain'))).catch(() => '');
        return told.includes(BY_GUARD) && told.includes(RULE) ? true : undefined;
      });
      await register();
    });

    it(
      'is given it, and refused with less, however much the API server makes of it',
      async () => {
        const refused = await unjudgedOf(
          attempt => create(inflated(`less-${attempt}`, GVISOR_CLASS)),
          came => came.includes('admission webhook "mutate.') && came.includes(RULE),
        );
        const given = await unjudgedOf(
          attempt => create(inflated(`given-${attempt}`)),
          came => came === KATA_CLASS,
        );
        // Where the API server ran out of time, nothing is gained.
        for (const { came } of [...refused, ...given]) expect(came).toContain(BY_GUARD);
      },
      PATIENCE_MS,
    );

    it('does not get past the guard where no webhook answers, and is told by which rule', async () => {
      await stopLeader();
      const told = await poll('the guard refuses it', () =>
        refusal(dryRun(inflated('stopped'))).catch(() => undefined),
      );
      expect(told).toContain(BY_GUARD);
      expect(told).toContain(`not enough because of rules: ${RULE} (`);
      expect(await refusal(create(inflated('stopped')))).toContain(RULE);
    });
  });
});
