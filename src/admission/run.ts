import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Ground } from '../decision/ground.ts';
import type { Logger } from '../log/logger.ts';
import { reasonOf } from '../source/reason.ts';
import type { JudgeDeps } from './ask.ts';
import { LIMITS, type Limits } from './handler.ts';
import { type WatchState, watchMetrics } from './informer-metrics.ts';
import { boundedLookUp } from './look-up.ts';
import type { Metrics } from './metrics.ts';
import { connectionRoom } from './open-files.ts';
import { createProbes, PROBING } from './probes.ts';
import { type GroundSource, reloadGround } from './reload.ts';
import { createWebhook, type TlsPair } from './server.ts';
import { stopGracefully } from './shutdown.ts';
import { expiryOf, reloadTls, type TlsFiles } from './tls.ts';
import type { WatchOptions } from './watch.ts';

export interface Settings {
  readonly address: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly metricsPort: number;
  readonly tls: TlsPair;
  /** Where `tls` was read from, and is read again; left out for a self-signed certificate. */
  readonly tlsFiles?: TlsFiles;
  readonly ground: Ground;
  readonly source: GroundSource;
  /** The cluster; left out where the view is not of a live one. */
  readonly cluster?: LiveCluster;
  readonly decide: JudgeDeps['decide'];
  /** What each refusal ends with: the installation's own words, one line. Left out for none. */
  readonly help?: string | undefined;
  readonly now: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly limits?: Limits;
  readonly watch?: WatchOptions;
}

/** What keeps the view up, so far as the webhook depends on it. */
export interface LiveCluster {
  /** True once everything that decisions need was listed. */
  readonly ready: () => boolean;
  /** Looks up a Namespace that the view does not know; the view then knows it. Never rejects. */
  readonly findNamespace: (name: string) => Promise<unknown>;
  readonly watches: readonly WatchState[];
}

export interface RunningWebhook {
  readonly port: number;
  readonly metricsPort: number;
  /** @param delayMs between being not ready and closing; @param timeoutMs for requests in flight */
  stop(delayMs: number, timeoutMs: number): Promise<void>;
}

/**
 * Starts the webhook with everything beside it.
 * @throws the error of `listen`, with `port` set, where a port cannot be had; nothing is then left running
 */
export async function startWebhook(settings: Settings): Promise<RunningWebhook> {
  const { address, tls, tlsFiles, log, metrics, watch, cluster } = settings;
  let draining = false;
  let ready = false;
  const ground = reloadGround(settings.ground, settings.source, { log, metrics }, watch);
  const { decide, now, help = '', limits = LIMITS } = settings;
  const room = connectionRoom(limits.connections);
  if (room.webhook < limits.connections) {
    log.warn(room, 'few files may be open (ulimit -n), so fewer connections are let in');
  }
  const webhook = createWebhook(
    {
      decide,
      now,
      help,
      log,
      metrics,
      limits: { ...limits, connections: room.webhook },
      current: ground.current,
      draining: () => draining,
      findNamespace: cluster && boundedLookUp(cluster.findNamespace),
      ready: cluster?.ready,
    },
    tls,
  );
  if (cluster) watchMetrics(metrics.registry, cluster.watches, now);
  const isReady = (): boolean => ready && (cluster?.ready() ?? true);
  const probes = createProbes({
    ready: isReady,
    registry: metrics.registry,
    limits: { ...limits, ...PROBING, connections: room.probes },
  });
  try {
    await listen(webhook, settings.port, address);
    await listen(probes, settings.metricsPort, address);
    for (const server of [webhook, probes]) {
      // When memory runs out, the kernel may fail to accept a connection (accept(2)); without a listener, that would end the
      // process.
      server.on('error', error => log.error({ reason: reasonOf(error) }, 'a connection was not accepted'));
    }
  } catch (error) {
    ground.stop();
    webhook.close();
    throw error;
  }
  const stopTls = tlsFiles
    ? reloadTls(webhook, { files: tlsFiles, first: tls, now, log, metrics }, watch)
    : () => undefined;
  const expires = expiryOf(tls.cert);
  metrics.certificate(expires);
  if (expires <= now()) {
    log.error({ expired: new Date(expires).toISOString() }, 'the certificate has expired: callers refuse it');
  }
  ready = true;
  const drain = (): void => {
    ready = false;
    draining = true;
  };
  return {
    port: portOf(webhook),
    metricsPort: portOf(probes),
    stop: async (delayMs, timeoutMs) => {
      try {
        await stopGracefully({ drain, delayMs, timeoutMs, webhook, probes });
      } finally {
        stopTls();
        ground.stop();
      }
    },
  };
}

function listen(server: Server, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
