import { writeFile } from 'node:fs/promises';
import { makeCertificate } from '../e2e/support/certificate.ts';
import { TLS_CERT, TLS_KEY } from '../e2e/support/settings.ts';

/** The certificate of every webhook that the tests start. */
export default async function setup(): Promise<void> {
  const { key, cert } = await makeCertificate();
  await writeFile(TLS_KEY, key, { mode: 0o600 });
  await writeFile(TLS_CERT, cert);
}
