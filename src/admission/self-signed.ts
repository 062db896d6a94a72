import { isIP } from 'node:net';
import { DAY_MS } from '../source/time.ts';

/**
 * A certificate of this process's own, for trials: it lasts a year, and nobody renews it. It is its own CA, so clients that are
 * given it trust it.
 *
 * @param hosts names and addresses to be reached by, besides this machine's own
 */
export async function selfSigned(
  hosts: readonly string[],
  now: number,
): Promise<{ readonly cert: string; readonly key: string }> {
  // It is loaded only here: it is large, and a webhook with a certificate from files never needs it.
  const { generate } = await import('selfsigned');
  const names = [...new Set(['localhost', '127.0.0.1', '::1', ...hosts])];
  // OpenSSL finds an issuer by its name, and two of these must be able to stand in one bundle.
  const commonName = `cofferdam ${new Date(now).toISOString()}`;
  const pems = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    // The clock of a client may be behind this one.
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + 365 * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: names.map(name => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name })),
      },
    ],
  });
  return { cert: pems.cert, key: pems.private };
}
