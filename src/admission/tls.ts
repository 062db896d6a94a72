import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';
import { secureOptions, type TlsPair } from './server.ts';
import { type WatchOptions, watchPaths } from './watch.ts';

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** Certificates of those who may call. */
  readonly clientCa?: string;
}

/**
 * Reads what the server needs and makes sure that it can serve with it.
 * @throws where a file cannot be read, is not PEM, or the key is not the certificate's
 */
export function readTls({ cert, key, clientCa }: TlsFiles): TlsPair {
  const pair: TlsPair = {
    cert: readFileSync(cert),
    key: readFileSync(key),
    ...(clientCa !== undefined && { ca: readFileSync(clientCa) }),
  };
  createSecureContext(secureOptions(pair));
  return pair;
}

/** When the certificate ends, in milliseconds since the epoch. */
export const expiryOf = (cert: string | Buffer): number => new X509Certificate(cert).validToDate.getTime();

/**
 * Serves new connections with a changed certificate; those that are open go on. A pair that cannot be used, for one
 * because only half of it has been written, leaves the one before in use.
 *
 * @returns ends the watch
 */
export function reloadTls(
  server: Server,
  files: TlsFiles,
  { log, metrics }: { readonly log: Logger; readonly metrics: Metrics },
  options?: WatchOptions,
): () => void {
  const reload = (): void => {
    try {
      const pair = readTls(files);
      server.setSecureContext(secureOptions(pair));
      const expires = expiryOf(pair.cert);
      metrics.certificate(expires);
      log.info({ expires: new Date(expires).toISOString() }, 'the certificate was reloaded');
    } catch (error) {
      metrics.certificateProblem();
      const problem = error instanceof Error ? error.message : String(error);
      log.error({ problem, cert: files.cert, key: files.key }, 'the certificate could not be reloaded');
    }
  };
  const { cert, key, clientCa } = files;
  return watchPaths(clientCa === undefined ? [cert, key] : [cert, key, clientCa], reload, options);
}
