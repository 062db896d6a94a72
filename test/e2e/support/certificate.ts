import { isIP } from 'node:net';
import { generate } from 'selfsigned';
import { HOST } from './settings.ts';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** What a webhook configuration takes as `caBundle`. */
  readonly caBundle: string;
}

/** A self-signed certificate for this machine, good for a day. */
export async function makeCertificate(): Promise<Certificate> {
  const name = isIP(HOST) ? ({ type: 7, ip: HOST } as const) : ({ type: 2, value: HOST } as const);
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'cofferdam-e2e' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [name] },
    ],
  });
  return { key, cert, caBundle: Buffer.from(cert).toString('base64') };
}
