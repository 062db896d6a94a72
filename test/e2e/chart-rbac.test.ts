import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardSeeds } from '../../src/guard/guard.ts';
import {
  accountKubeconfig,
  chartGrants,
  type Grant,
  grantOnly,
  HOME,
  makeOwnObjects,
  type Serving,
  startServing,
} from './support/chart-roles.ts';
import { installCrds, type RemoveCrds } from './support/crds.ts';
import { kubectlOk } from './support/kubectl.ts';
import { verdictOn } from './support/live.ts';
import { installOpenReports } from './support/openreports.ts';
import { pod } from './support/pods.ts';
import { poll } from './support/poll.ts';
import { createAll, gated, makeNamespace } from './support/running.ts';
import { E2E_LABEL } from './support/settings.ts';

/** The flags of the chart that touch the API server. */
const FLAGS = ['--status', '--guard', '--scan'];

/** A namespace whose Report says something else, and one without a Pod. */
const STALE = `${HOME}-stale`;
const WELL = `${HOME}-well`;
const MANAGED = 'app.kubernetes.io/managed-by=cofferdam';

const grants = await chartGrants();
let kubeconfig: string;
let removeCrds: RemoveCrds = async () => undefined;
let removeReports: RemoveCrds = async () => undefined;
beforeAll(async () => {
  removeCrds = await installCrds();
  removeReports = await installOpenReports();
  for (const name of [HOME, STALE, WELL]) await makeNamespace(name);
  for (const name of [HOME, STALE])
    await createAll(name, [gated('agent', { namespace: name, spec: { hostPID: true } })], 1);
  await kubectlOk(['create', 'serviceaccount', 'cofferdam', '-n', HOME]);
  kubeconfig = await accountKubeconfig();
});
afterAll(async () => {
  await kubectlOk(['delete', 'namespace', HOME, STALE, WELL, '--wait=false', '--ignore-not-found']);
  await kubectlOk(['delete', 'clusterrole,clusterrolebinding', HOME, '--ignore-not-found']);
  await kubectlOk(['delete', ...GUARD.slice(1), 'cofferdam-guard-labels', '--ignore-not-found']);
  await removeReports();
  await removeCrds();
});

/** Does all that the program does in a cluster, until `done` says so. */
async function serveWith(given: readonly Grant[], done: (serving: Serving) => Promise<true | undefined>) {
  await grantOnly(given);
  await kubectlOk(['delete', 'lease', 'cofferdam', '-n', HOME, '--ignore-not-found']);
  await makeOwnObjects();
  await makeOldReports();
  await makeGuard();
  const serving = startServing(kubeconfig, FLAGS);
  try {
    await poll('what is waited for', async () => {
      await askForUnknownNamespace(serving);
      return done(serving);
    });
    return serving.log();
  } catch (error) {
    throw new Error(`${error}\n${warnings(serving.log()).slice(-5).join('\n')}`);
  } finally {
    await serving.stop();
  }
}

/** A namespace that the view does not know is looked up. */
async function askForUnknownNamespace({ log }: Serving): Promise<void> {
  const line = log()
    .split('\n')
    .find(text => text.includes('"msg":"serving"'));
  if (!line) return;
  const { port, metricsPort } = JSON.parse(line);
  const webhook = { port, metricsPort, stop: async () => undefined };
  await verdictOn(webhook, pod('late', { namespace: `unknown-${Date.now()}` })).catch(() => undefined);
}

const warnings = (log: string): readonly string[] =>
  log.split('\n').filter(line => /"level":"(warn|error|fatal)"/.test(line));

const nameOf = ({ verb, resource, group }: Grant): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}`;

/** The API server's words: subresources after a slash. It says no more of a watch than that it is forbidden. */
const refusalOf = ({ verb, resource }: Grant): string => `cannot ${verb} resource \\"${resource}\\"`;

/** Status written on all four kinds, a Report made, one made anew, and one removed, and the guard written. */
async function allDone(): Promise<true | undefined> {
  const list = async (kinds: string, label: string) =>
    JSON.parse(await kubectlOk(['get', kinds, '-A', '-l', label, '-o', 'json'])).items as {
      metadata: { namespace: string };
      status?: object;
      results?: object[];
    }[];
  const own = await list(
    'clustersandboxpolicies,sandboxpolicies,sandboxexemptions,sandboxprofiles',
    'cofferdam.dev/e2e',
  );
  const reports = await list('reports.openreports.io', MANAGED);
  const told = reports.filter(({ results = [] }) => results.length > 0).map(one => one.metadata.namespace);
  const done =
    own.length === 4 &&
    own.every(({ status }) => status !== undefined) &&
    told.includes(HOME) &&
    told.includes(STALE) &&
    !reports.some(({ metadata }) => metadata.namespace === WELL) &&
    (await kubectlOk([...GUARD, '-o', 'jsonpath={.spec.validations}'])) !== '';
  return done ? true : undefined;
}

const GUARD = ['get', 'validatingadmissionpolicy', 'cofferdam-guard'];

/** Makes the guard as the chart does, and without a binding. */
async function makeGuard(): Promise<void> {
  await kubectlOk(['delete', ...GUARD.slice(1), 'cofferdam-guard-labels', '--ignore-not-found']);
  const items = guardSeeds().map(seed => ({
    ...seed,
    metadata: { ...seed.metadata, labels: { [E2E_LABEL]: 'true' } },
  }));
  await kubectlOk(['create', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
}

/** Creates reports such as an earlier scan may have left: one that says something else, and one for a healthy namespace. */
async function makeOldReports(): Promise<void> {
  await kubectlOk(['delete', 'reports.openreports.io', '-A', '-l', MANAGED, '--ignore-not-found']);
  const [key = '', value] = MANAGED.split('=');
  const items = [STALE, WELL].map(namespace => ({
    apiVersion: 'openreports.io/v1alpha1',
    kind: 'Report',
    metadata: { name: 'cofferdam', namespace, labels: { [key]: value } },
    source: 'cofferdam',
  }));
  await kubectlOk(['create', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
}

describe('the roles of the chart', () => {
  it('are all that the program needs', async () => {
    const log = await serveWith(grants, allDone);
    expect(warnings(log)).toEqual([]);
  });

  it.each(grants.map(grant => [nameOf(grant), grant] as const))(
    'without %s, it says loudly what it may not',
    async (_, grant) => {
      const rest = grants.filter(one => one !== grant);
      const log = await serveWith(rest, async serving =>
        serving.log().includes(refusalOf(grant)) ? true : undefined,
      );
      expect(warnings(log).join('\n')).toContain(refusalOf(grant));
    },
  );
});
