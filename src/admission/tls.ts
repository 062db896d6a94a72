import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Logger } from '../log/logger.ts';
import { reasonOf } from '../source/reason.ts';
import { endOpen } from './connections.ts';
import type { Metrics } from './metrics.ts';
import { secureOptions, type TlsPair } from './server.ts';
import { type WatchOptions, watchPaths } from './watch.ts';

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
  /** Certificates of those who may call. */
  readonly clientCa?: string;
  /** Whether callers without such a certificate are served too, after those with one. */
  readonly strangers?: boolean;
}

/**
 * Reads the files that the server needs, and makes sure that it can serve with them.
 * @throws where a file cannot be read, is not PEM, or the key is not the certificate's
 */
export function readTls({ cert, key, clientCa, strangers = false }: TlsFiles): TlsPair {
  const pair: TlsPair = {
    cert: readCertificate(cert),
    key: readPem(key, 'a private key without a passphrase', createPrivateKey),
    ...(clientCa !== undefined && { ca: readCertificate(clientCa), strangers }),
  };
  if (!new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key))) {
    throw new Error(`${key} is not the key of the certificate in ${cert}`);
  }
  createSecureContext(secureOptions(pair));
  return pair;
}

/** @throws where the file cannot be read or is no certificate in PEM */
export const readCertificate = (file: string): Buffer =>
  readPem(file, 'a certificate', pem => new X509Certificate(pem));

/**
 * Names the file and what should be in it, which OpenSSL's own errors ("no start line") do not. To OpenSSL, a bad CA is not
 * even an error.
 */
function readPem(file: string, expected: string, parse: (pem: Buffer) => unknown): Buffer {
  const pem = readFileSync(file);
  try {
    // DER would be parsed here, but cannot be served with.
    if (!pem.includes('-----BEGIN ')) throw new Error('no PEM');
    parse(pem);
  } catch {
    throw new Error(`${file} is not ${expected} in PEM`);
  }
  return pem;
}

/** When the certificate ends, in milliseconds since the epoch. */
export const expiryOf = (cert: string | Buffer): number => new X509Certificate(cert).validToDate.getTime();

export interface ReloadTls {
  readonly files: TlsFiles;
  /** The pair that is served with at first. */
  readonly first: TlsPair;
  readonly now: () => number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * Serves new connections with a changed certificate. Open ones go on, unless the CA of callers has changed: a caller known by a
 * certificate of the CA before is not known by the new one. A pair that cannot be used, because only half of it has been
 * written or because it has expired, leaves the one before in use.
 *
 * @returns a function that ends the watch
 */
export function reloadTls(
  server: Server,
  { files, first, now, log, metrics }: ReloadTls,
  options?: WatchOptions,
): () => void {
  let expires = expiryOf(first.cert);
  let { ca } = first;
  const reload = (): void => {
    try {
      const pair = readTls(files);
      const until = expiryOf(pair.cert);
      // No caller would accept this one. Where both have expired, this clock may be wrong, and the one written last is served.
      if (until <= now() && now() < expires) {
        throw new Error(`the certificate in ${files.cert} expired at ${new Date(until).toISOString()}`);
      }
      server.setSecureContext(secureOptions(pair));
      if (String(pair.ca) !== String(ca)) endOpen(server);
      ca = pair.ca;
      expires = until;
      metrics.certificate(expires);
      log.info({ expires: new Date(expires).toISOString() }, 'the certificate was reloaded');
    } catch (error) {
      metrics.certificateProblem();
      log.error(
        { problem: reasonOf(error), cert: files.cert, key: files.key },
        'the certificate could not be reloaded',
      );
    }
  };
  const { cert, key, clientCa } = files;
  return watchPaths(clientCa === undefined ? [cert, key] : [cert, key, clientCa], reload, options);
}
