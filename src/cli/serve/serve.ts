import type { Command } from 'commander';
import { batch } from '../../admission/batch.ts';
import { countDropped, createMetrics } from '../../admission/metrics.ts';
import type { GroundSource } from '../../admission/reload.ts';
import { type RunningWebhook, type Settings, startWebhook } from '../../admission/run.ts';
import { decide } from '../../decision/decide.ts';
import type { Ground } from '../../decision/ground.ts';
import { createLogger } from '../../log/logger.ts';
import { reasonOf } from '../../source/reason.ts';
import { takeFromEnv } from '../console/env.ts';
import { Failure } from '../console/failure.ts';
import { awaitSignal } from '../console/interrupt.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { isError, tell } from '../console/tell.ts';
import { version } from '../console/version.ts';
import { checkServeOptions } from './check.ts';
import { loadServed, watchedPaths } from './ground.ts';
import { type ServedCluster, serveCluster } from './live.ts';
import { addServeOptions, type ServeOptions } from './options.ts';
import { freePorts, movedPorts } from './ports.ts';
import { showSamples } from './samples.ts';
import { offerCa, type ServedTls, tlsFor } from './tls.ts';

/** The time for requests in flight; the API server waits 10 s unless it is configured otherwise, and 30 s at most. */
const STOP_MS = 10_000;
const DEFAULT_DELAY_SECONDS = 5;
/** The time for a reader of the log to take the last lines. */
const LAST_LINES_MS = 1000;

/** A warning that namespaces are assumed to have no labels, so that anything that selects by labels has no effect. */
const NO_CLUSTER =
  'no cluster file: the labels of namespaces are not known, so no policy, risk or minimum isolation of a namespace applies; give --cluster';

/** Registers `cofferdam serve`. */
export function serveCommand(program: Command, io: CliIo, answer: (code: ExitCode) => void): void {
  const command = program
    .command('serve')
    .summary('run the admission webhook')
    .description('Answers AdmissionReviews: injects the sandbox that a Pod needs, or turns the Pod away.');
  takeFromEnv(addServeOptions(command), io).action(async () => {
    const isNamed = (name: string): boolean => command.getOptionValueSource(name) !== 'default';
    answer(await serve({ ...command.opts<ServeOptions>(), isNamed }, io));
  });
}

interface Options extends ServeOptions {
  /** Whether an option was given, by a flag or a variable. */
  readonly isNamed: (name: string) => boolean;
}

async function serve(options: Options, io: CliIo): Promise<ExitCode> {
  checkServeOptions(options);
  const service = io.asService?.();
  // With samples, standard output is for the table.
  const lines = batch(options.samples ? io.err : io.out, service?.behind);
  const log = createLogger(options.logLevel, lines.write, lines.later);
  const live = await serveCluster(options, log);
  if (!live && options.cluster === undefined) log.warn(NO_CLUSTER);
  try {
    const metrics = createMetrics(version());
    countDropped(metrics.registry, lines.dropped);
    return await run(options, live, { log, metrics }, io);
  } finally {
    await live?.stopWork();
    live?.stop();
    lines.flush();
    service?.endWithin(LAST_LINES_MS);
  }
}

async function run(
  options: Options,
  live: ServedCluster | undefined,
  { log, metrics }: Pick<Settings, 'log' | 'metrics'>,
  io: CliIo,
): Promise<ExitCode> {
  const source = live?.source ?? { load: () => loadServed(options), paths: watchedPaths(options) };
  const ground = await firstGround(source, io);
  const tls = await tlsFor(options);
  const ca = await offerCa(options, tls.pair);
  const signals = awaitSignal();
  try {
    const own = settingsFor(options, tls);
    const ports = options.samples ? await freePorts(options, own.address, options.isNamed) : {};
    const settings = { ...own, ...ports, log, metrics, ground, source };
    const running = await start(options, live ? { ...settings, cluster: live.cluster } : settings);
    live?.startWork(options, metrics.registry);
    log.info({ port: running.port, metricsPort: running.metricsPort, version: version() }, 'serving');
    for (const moved of movedPorts(options, running)) io.err(`warning: ${moved}\n`);
    if (ca.file && options.samples) {
      // The table shows more than the log would.
      log.level = 'warn';
      await showSamples(running.port, tls.pair.cert, ca.file, io);
      log.level = options.logLevel;
    }
    const signal = await signals.received;
    const delay = options.shutdownDelay ?? (options.samples || io.isTTY ? 0 : DEFAULT_DELAY_SECONDS);
    log.info({ signal, delay }, 'stopping');
    await Promise.all([live?.stopWork(), running.stop(delay * 1000, STOP_MS)]);
    log.info('stopped');
    return 0;
  } finally {
    signals.forget();
    await ca.remove();
  }
}

async function firstGround(source: GroundSource, io: CliIo): Promise<Ground> {
  const { ground, problems } = await source.load();
  tell(problems, io);
  if (ground && !problems.some(isError)) return ground;
  throw new Failure(
    'the policies or the cluster file have problems, so the webhook was not started',
    'Mend the errors above: each names its place.',
  );
}

function settingsFor(
  options: ServeOptions,
  tls: ServedTls,
): Omit<Settings, 'ground' | 'source' | 'cluster' | 'log' | 'metrics'> {
  return {
    address: options.address ?? (options.selfSigned ? '127.0.0.1' : '0.0.0.0'),
    port: options.port,
    metricsPort: options.metricsPort,
    tls: tls.pair,
    ...(tls.files && { tlsFiles: tls.files }),
    decide,
    help: options.refusalHelp,
    now: Date.now,
  };
}

async function start(options: ServeOptions, settings: Settings): Promise<RunningWebhook> {
  try {
    return await startWebhook(settings);
  } catch (error) {
    const { code, port } = error as NodeJS.ErrnoException & { readonly port?: number };
    const flag = port === options.metricsPort ? '--metrics-port' : '--port';
    if (code === 'EADDRINUSE') {
      throw new Failure(`port ${port} is in use on ${settings.address}`, `Choose another with ${flag}.`);
    }
    throw new Failure(
      `cannot listen on ${settings.address}: ${reasonOf(error)}`,
      `Check --address and ${flag}.`,
    );
  }
}
