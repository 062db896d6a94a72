import { randomBytes } from 'node:crypto';
import type { ResourceName } from '../../kube/resources.ts';
import type { ProfileTable } from '../../profiles/profile.ts';
import { reasonOf } from '../../source/reason.ts';
import { count } from '../../source/text.ts';
import type { VerifyApi } from '../../verify/api.ts';
import { verifyApi } from '../../verify/client.ts';
import { claimOf, draftProfiles } from '../../verify/draft.ts';
import type { Probe, Run } from '../../verify/probe.ts';
import type { Verification } from '../../verify/report.ts';
import { runProbes, sweep } from '../../verify/run.ts';
import { type Targets, targetsOf } from '../../verify/targets.ts';
import { asFailure, connectTo } from '../cluster/connection.ts';
import { fetchIfAllowed, liveSource } from '../cluster/fetch.ts';
import { policiesOf } from '../cluster/ground.ts';
import { Failure } from '../console/failure.ts';
import { awaitSignal } from '../console/interrupt.ts';
import type { CliIo } from '../console/io.ts';
import { progressOn } from '../console/progress.ts';
import { version } from '../console/version.ts';
import type { VerifyOptions } from './options.ts';

/**
 * Probes the cluster of the kubeconfig. Everything that it creates there is removed, even after a signal.
 * @throws Failure when there is no answer
 */
export async function verifyCluster(options: VerifyOptions, io: CliIo): Promise<Verification> {
  const client = await connectTo(options);
  const api = verifyApi(client);
  const { targets, nowhere, leftOut } = await findTargets(api, options);
  const own = await fetchIfAllowed(liveSource(client), 'profiles', io);
  const { profiles } = await policiesOf(own, { ...options, balanced: true, asIfApplied: true }, io);
  const probes = targets.flatMap((target): Probe[] => [
    { target, privileged: false },
    ...(options.privileged ? [{ target, privileged: true }] : []),
  ]);
  const run = newRun(options, probes.length);
  const removed = await orFailure(sweep(api, options.namespace, Date.now()));
  if (removed.length > 0) io.err(`removed what an earlier run had left behind: ${removed.join(', ')}\n`);
  const checked = probes.length === 0 ? [] : await probeAll(api, run, probes, profiles, options, io);
  const drafts = draftProfiles(checked, { profiles, own: own.map(claimOf), leftOut });
  return { version: version(), checked, nowhere, drafts };
}

async function findTargets(api: VerifyApi, options: VerifyOptions): Promise<Targets> {
  const wanted = { classes: options.class ?? [], nodes: options.node ?? [] };
  const [classes, nodes] = await Promise.all([
    orFailure(api.runtimeClasses(), 'runtimeClasses'),
    orFailure(api.nodes(), 'nodes'),
  ]);
  if (classes.length === 0)
    throw new Failure('the cluster has no RuntimeClass, so there is nothing to verify');
  const missing = [
    ...missingFrom(classes, wanted.classes).map(name => `RuntimeClass "${name}"`),
    ...missingFrom(nodes, wanted.nodes).map(name => `node "${name}"`),
  ];
  if (missing.length > 0) throw new Failure(`the cluster has no ${missing.join(', no ')}`);
  return targetsOf(classes, nodes, wanted);
}

const missingFrom = (
  objects: readonly { readonly metadata?: { readonly name?: string } }[],
  names: readonly string[],
): readonly string[] => names.filter(name => !objects.some(({ metadata }) => metadata?.name === name));

/** The time in seconds for namespaces, service accounts and other things that take a cluster a while. */
const SLACK_SECONDS = 300;

function newRun({ namespace, image, timeout, parallel }: VerifyOptions, probes: number): Run {
  const id = randomBytes(4).toString('hex');
  const longest = Math.ceil(probes / parallel) * timeout + SLACK_SECONDS;
  return {
    id,
    expires: Date.now() + longest * 1000,
    namespace: namespace ?? `cofferdam-verify-${id}`,
    image,
    timeoutSeconds: timeout,
  };
}

async function probeAll(
  api: VerifyApi,
  run: Run,
  probes: readonly Probe[],
  profiles: ProfileTable,
  { parallel, namespace }: VerifyOptions,
  io: CliIo,
): Promise<Verification['checked']> {
  const stop = new AbortController();
  const signals = awaitSignal();
  void signals.received.then(signal => {
    io.err(`${signal}: removing the probes\n`);
    stop.abort(signal);
  });
  const progress = progressOn(io, 'probed', probes.length);
  try {
    return await runProbes(api, run, probes, {
      parallel,
      ownNamespace: namespace === undefined,
      profiles,
      signal: stop.signal,
      onProgress: progress.tick,
      onLeft: what => io.err(`warning: ${what}; delete it by hand\n`),
    });
  } catch (error) {
    if (stop.signal.aborted) throw new Failure('interrupted, so there is no answer');
    const failure = asFailure(error);
    const hint = failure instanceof Failure ? failure.hint : undefined;
    throw new Failure(`cannot run ${count(probes.length, 'probe')}: ${reasonOf(error)}`, hint);
  } finally {
    progress.end();
    signals.forget();
  }
}

async function orFailure<T>(request: Promise<T>, resource?: ResourceName): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw asFailure(error, resource, '');
  }
}
