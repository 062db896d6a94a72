import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dryRun, refusal } from '../e2e/support/client.ts';
import { kubectlOk } from '../e2e/support/kubectl.ts';
import { type Output, outputOf } from '../e2e/support/output.ts';
import { HIGH_RISK, pod, UNCONTAINABLE } from '../e2e/support/pods.ts';
import { poll } from '../e2e/support/poll.ts';
import { TLS_CERT, WORK } from '../e2e/support/settings.ts';
import { type Serving, serve } from './serving.ts';

const TIMES = 100;
const AT_ONCE = 4;

/** How the namespace is made, what is applied in it, and what that must come to. */
const CASES: readonly (readonly [
  namespace: 'plain' | 'risky',
  manifest: object,
  right: (done: Output) => boolean,
])[] = [
  ['plain', podIn({ labels: HIGH_RISK }), ({ code, stdout }) => code === 0 && stdout === 'gvisor'],
  ['plain', podIn({}), ({ code, stdout }) => code === 0 && stdout === ''],
  [
    'plain',
    podIn({ spec: UNCONTAINABLE }),
    ({ code, stderr }) => code === 1 && stderr.includes("host's PID namespace"),
  ],
  // The right answer depends on the labels of a namespace that is an instant old.
  ['risky', podIn({}), ({ code, stdout }) => code === 0 && stdout === 'gvisor'],
];

function podIn(tweak: Parameters<typeof pod>[1]): object {
  const { metadata: { namespace: _, ...metadata } = {}, ...made } = pod('app', tweak);
  return { ...made, metadata };
}

let serving: Serving;
beforeAll(async () => {
  serving = await serve();
  await kubectlOk(['create', '-f', '-'], registration(serving.port));
  const uncontainable = pod('probe', { namespace: 'ns-1', spec: UNCONTAINABLE });
  await poll('the webhook is called', () => refusal(dryRun(uncontainable)).catch(() => undefined));
});
afterAll(async () => {
  await kubectlOk(['delete', 'mutatingwebhookconfiguration', 'zz-cofferdam', '--ignore-not-found']);
  await serving?.stop();
});

it('a namespace and what is in it are made in one breath, a hundred times over, and decided right', async () => {
  const files = await Promise.all(CASES.map(([, manifest], i) => written(`breath-${i}.json`, manifest)));
  const wrong: string[] = [];
  const left = Array.from({ length: TIMES }, (_, i) => i).values();
  const worker = async (): Promise<void> => {
    for (const i of left) {
      const [how, , right] = CASES[i % CASES.length] as (typeof CASES)[number];
      const done = await inOneBreath(`breath-${i}`, how, files[i % CASES.length] as string);
      if (!right(done)) wrong.push(`${i}: ${JSON.stringify(done)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  expect(wrong).toEqual([]);
});

async function written(name: string, object: object): Promise<string> {
  const file = join(WORK, name);
  await writeFile(file, JSON.stringify(object));
  return file;
}

/** Does what a person does: the second command starts when the first has ended. */
function inOneBreath(namespace: string, how: 'plain' | 'risky', file: string): Promise<Output> {
  const labelled = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: HIGH_RISK } };
  const make = how === 'plain' ? `kubectl create namespace ${namespace}` : 'kubectl create -f -';
  const command = `${make} >&2 && kubectl apply -n ${namespace} -f ${file} -o 'jsonpath={.spec.runtimeClassName}'`;
  return outputOf(spawn('sh', ['-c', command]), how === 'plain' ? '' : JSON.stringify(labelled));
}

/** Enforce, wherever the API server may ask. */
const registration = (port: number) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name: 'zz-cofferdam' },
  webhooks: [
    {
      name: 'enforce.mutate.cofferdam.dev',
      clientConfig: {
        url: `https://127.0.0.1:${port}/mutate/enforce`,
        caBundle: readFileSync(TLS_CERT).toString('base64'),
      },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      timeoutSeconds: 2,
      reinvocationPolicy: 'IfNeeded',
    },
  ],
});
