import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { installCrds, type RemoveCrds } from '../crds.ts';
import { applyAll, remove } from '../guarding.ts';
import { kubectl, kubectlOk } from '../kubectl.ts';
import { poll } from '../poll.ts';
import { type Recorder, startRecorder } from '../recorder.ts';
import { registration } from '../registration.ts';
import { startWebhook, type Webhook } from '../serve.ts';
import { TLS_CERT, WORK } from '../settings.ts';
import { CLASSES, classObject } from './classes.ts';
import { NAME, OWN } from './names.ts';
import { removeNodes, startNodes } from './nodes.ts';
import type { World } from './worlds.ts';

/** The files of the webhook, and how run.sh can end it. */
const FILES = { log: join(WORK, 'parity.log'), pid: join(WORK, 'parity.pid') };
/** The cluster file for `review`, as kubectl prints it. */
export const VIEW = join(WORK, 'parity-cluster.yaml');
export const POLICIES = join(WORK, 'parity-policies.yaml');

const OWN_KINDS = 'clustersandboxpolicies,sandboxpolicies,sandboxexemptions,sandboxprofiles';
/** It is long, so that a busy machine is no reason for a Pod to go unjudged. */
const TIMEOUT_SECONDS = 20;

/** The webhook's reviews and answers, with the line that it logged for each. */
export interface Ground {
  readonly recorder: Recorder;
  /** The decisions in the log, by the uid of the review. */
  decisions(): ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

/** Creates everything, and starts a webhook that watches the cluster, with a recorder in front of it. */
export async function startGround(worlds: readonly World[]): Promise<Ground> {
  await removeAll();
  const removeCrds = await installCrds();
  const nodes = await startNodes();
  await makeObjects(worlds);
  await writeView();
  const webhook = await startWebhook(['--kubeconfig', process.env.KUBECONFIG ?? ''], FILES);
  const recorder = await startRecorder(webhook.port);
  await register(recorder, worlds);
  return {
    recorder,
    decisions,
    stop: async () => {
      await removeAll(false);
      recorder.close();
      await end(webhook, removeCrds);
      await nodes.stop();
    },
  };
}

async function end(webhook: Webhook, removeCrds: RemoveCrds): Promise<void> {
  await webhook.stop();
  await removeCrds();
}

async function makeObjects(worlds: readonly World[]): Promise<void> {
  await applyAll([
    ...CLASSES.map(classObject),
    ...worlds.map(({ name, labels }) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    })),
  ]);
  const accounts = worlds.flatMap(({ name }) =>
    ['agent', 'other'].map(account => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: account, namespace: name },
    })),
  );
  await applyAll([...accounts, ...worlds.flatMap(({ objects }) => objects)]);
  await poll('each namespace has its service account', async () => {
    const found = await kubectlOk(['get', 'serviceaccounts', '-A', '-o', 'json']);
    const having = (JSON.parse(found).items as { metadata: { name: string; namespace: string } }[])
      .filter(({ metadata }) => metadata.name === 'default')
      .map(({ metadata }) => metadata.namespace);
    return worlds.every(({ name }) => having.includes(name)) ? true : undefined;
  });
}

/** Writes the view as docs/review.md says. */
async function writeView(): Promise<void> {
  writeFileSync(VIEW, await kubectlOk(['get', 'runtimeclasses,nodes,namespaces', '-o', 'yaml']));
  writeFileSync(POLICIES, await kubectlOk(['get', OWN_KINDS, '-A', '-o', 'yaml']));
}

async function register({ port, recorded }: Recorder, worlds: readonly World[]): Promise<void> {
  const caBundle = readFileSync(TLS_CERT).toString('base64');
  const items = registration(port, caBundle, { name: NAME, label: OWN, timeoutSeconds: TIMEOUT_SECONDS });
  await kubectlOk(['create', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
  // The API server knows a configuration a moment after it was created.
  await poll('the webhooks of all modes are called', async () => {
    for (const { name } of worlds) {
      await kubectl(['run', 'probe', '-n', name, '--image=probe', '--dry-run=server']);
    }
    const asked = (name: string, path: string) =>
      recorded.some(one => one.request.namespace === name && one.path.startsWith(path));
    return worlds.every(({ name }) => asked(name, '/mutate')) ? true : undefined;
  });
}

function decisions(): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const lines = readFileSync(FILES.log, 'utf8').split('\n');
  return new Map(
    lines
      .filter(line => line.includes('"uid":'))
      .map(line => JSON.parse(line))
      .map(line => [line.uid, line]),
  );
}

/**
 * Removes everything, including what a killed run left. The registration goes first, as nobody might answer its calls any more.
 */
async function removeAll(wait = true): Promise<void> {
  const configurations = 'mutatingwebhookconfiguration,validatingwebhookconfiguration';
  await remove(configurations, NAME);
  await kubectl(['delete', 'namespaces,runtimeclasses', '-l', OWN, '--ignore-not-found', `--wait=${wait}`]);
  await removeNodes();
}
