import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from '../../admission/self-signed.ts';
import type { TlsPair } from '../../admission/server.ts';
import { readCertificate, readTls, type TlsFiles } from '../../admission/tls.ts';
import { reasonOf } from '../../source/reason.ts';
import { list } from '../../source/text.ts';
import { Failure } from '../console/failure.ts';
import type { ServeOptions } from './options.ts';

export interface ServedTls {
  readonly pair: TlsPair;
  /** The files of the certificate; left out for a self-signed one. */
  readonly files?: TlsFiles;
}

/** @throws Failure where the certificate cannot be used */
export async function tlsFor(options: ServeOptions): Promise<ServedTls> {
  const { tlsCert, tlsKey, clientCa, selfSignedHost, strangers = false } = options;
  try {
    if (tlsCert && tlsKey) {
      const files = { cert: tlsCert, key: tlsKey, ...(clientCa && { clientCa, strangers }) };
      return { pair: readTls(files), files };
    }
    const made = await selfSigned(selfSignedHost, Date.now());
    return { pair: { ...made, ...(clientCa && { ca: readCertificate(clientCa), strangers }) } };
  } catch (error) {
    throw new Failure(`cannot serve over TLS: ${reasonOf(error)}`, tlsHint(options));
  }
}

function tlsHint({ tlsCert, clientCa }: ServeOptions): string {
  const files = [...(tlsCert ? ['--tls-cert', '--tls-key'] : []), ...(clientCa ? ['--client-ca'] : [])];
  if (files.length === 0) return 'Check --self-signed-host.';
  return `Check ${list(files)}: PEM, readable by this user${tlsCert ? ', the key without a passphrase' : ''}.`;
}

export interface OfferedCa {
  /** The file by which a client trusts a self-signed certificate. */
  readonly file?: string;
  /** Removes the file, if it was not asked for by name. */
  remove(): Promise<void>;
}

/** Writes the CA to the file of `--ca-out`, or, for the samples, into a folder of its own that only this user can read. */
export async function offerCa({ caOut, samples }: ServeOptions, { cert }: TlsPair): Promise<OfferedCa> {
  if (caOut) {
    await write(caOut, cert);
    return { file: caOut, remove: async () => undefined };
  }
  if (!samples) return { remove: async () => undefined };
  const folder = await mkdtemp(join(tmpdir(), 'cofferdam-'));
  const file = join(folder, 'ca.crt');
  await write(file, cert);
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function write(file: string, cert: TlsPair['cert']): Promise<void> {
  try {
    await writeFile(file, cert);
  } catch (error) {
    throw new Failure(
      `cannot write ${file}: ${reasonOf(error)}`,
      'Check that its folder exists and can be written to.',
    );
  }
}
