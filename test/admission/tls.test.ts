import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { Agent, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selfSigned } from '../../src/admission/self-signed.ts';
import { readTls } from '../../src/admission/tls.ts';
import { CERT, PODS, reviewOf, startTestServer, until } from './support.ts';

const NEXT = await selfSigned([], Date.now() + 1000);
const EXPIRED = await selfSigned([], Date.parse('2024-11-01T00:00:00Z'));
const OLDER = await selfSigned([], Date.parse('2023-11-01T00:00:00Z'));
const BODY = JSON.stringify(reviewOf(PODS.admit));
const WATCH = { pollMs: 25, settleMs: 10 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = ({ cert, key }: typeof CERT, into = folder): void => {
  writeFileSync(join(into, 'tls.crt'), cert);
  writeFileSync(join(into, 'tls.key'), key);
};
const files = () => ({ cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') });

const trusted = (options: RequestOptions = {}): RequestOptions => ({
  ca: [CERT.cert, NEXT.cert],
  ...options,
});

/** The serving certificate that a new connection gets. */
async function served(
  post: (path: string, body: string, o: RequestOptions) => Promise<unknown>,
): Promise<string> {
  let raw: Buffer | undefined;
  const agent = new Agent({ keepAlive: false });
  await post('/mutate/off', BODY, {
    ...trusted(),
    agent,
    checkServerIdentity: (_host, certificate) => {
      raw = certificate.raw;
      return undefined;
    },
  });
  return raw?.toString('base64') ?? '';
}

const derOf = (pem: string): string => pem.replace(/-----.*-----|\s/g, '');

describe('a changed certificate', () => {
  it('is served to new connections, and no request is dropped meanwhile', async () => {
    write(CERT);
    const server = await startTestServer({ tls: readTls(files()), tlsFiles: files(), watch: WATCH });
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: [CERT.cert, NEXT.cert] });
    try {
      expect(await served(server.post)).toBe(derOf(CERT.cert));
      let going = true;
      const codes: number[] = [];
      const client = async (options: RequestOptions): Promise<void> => {
        while (going) codes.push((await server.post('/mutate/enforce', BODY, options)).code);
      };
      const clients = [client({ agent }), client(trusted())];
      write(NEXT);
      await until(async () => (await served(server.post)) === derOf(NEXT.cert));
      going = false;
      await Promise.all(clients);
      expect(new Set(codes)).toEqual(new Set([200]));
      expect(server.logged.some(({ msg }) => msg === 'the certificate was reloaded')).toBe(true);
    } finally {
      agent.destroy();
      await server.stop(0, 100);
    }
  });

  it('is found where Kubernetes swaps the link of a mounted Secret', async () => {
    for (const [name, pair] of [
      ['..1', CERT],
      ['..2', NEXT],
    ] as const) {
      mkdirSync(join(folder, name));
      write(pair, join(folder, name));
    }
    symlinkSync('..1', join(folder, '..data'));
    for (const name of ['tls.crt', 'tls.key']) symlinkSync(`..data/${name}`, join(folder, name));
    const server = await startTestServer({ tls: readTls(files()), tlsFiles: files(), watch: WATCH });
    try {
      symlinkSync('..2', join(folder, '..next'));
      renameSync(join(folder, '..next'), join(folder, '..data'));
      await until(async () => (await served(server.post)) === derOf(NEXT.cert));
    } finally {
      await server.stop(0, 100);
    }
  });

  it('that does not go with its key is not used, and told', async () => {
    write(CERT);
    const server = await startTestServer({ tls: readTls(files()), tlsFiles: files(), watch: WATCH });
    try {
      writeFileSync(files().cert, NEXT.cert);
      const told = () => server.logged.some(({ msg }) => msg === 'the certificate could not be reloaded');
      await until(told);
      expect(await served(server.post)).toBe(derOf(CERT.cert));
      const metrics = await (await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`)).text();
      expect(metrics).toMatch(/^cofferdam_certificate_reload_errors_total [1-9]/m);
      writeFileSync(files().key, NEXT.key);
      await until(async () => (await served(server.post)) === derOf(NEXT.cert));
    } finally {
      await server.stop(0, 100);
    }
  });

  it('that has expired is not taken for one that is in date, and told', async () => {
    write(CERT);
    const server = await startTestServer({ tls: readTls(files()), tlsFiles: files(), watch: WATCH });
    try {
      write(EXPIRED);
      await until(() => server.logged.some(({ problem }) => /expired at 2025-/.test(String(problem))));
      expect(await served(server.post)).toBe(derOf(CERT.cert));
      write(NEXT);
      await until(async () => (await served(server.post)) === derOf(NEXT.cert));
    } finally {
      await server.stop(0, 100);
    }
  });

  it('that has expired is served where the one before has, too: the clock may be wrong', async () => {
    write(EXPIRED);
    const server = await startTestServer({ tls: readTls(files()), tlsFiles: files(), watch: WATCH });
    try {
      expect(server.logged).toContainEqual(
        expect.objectContaining({ level: 'error', msg: 'the certificate has expired: callers refuse it' }),
      );
      write(OLDER);
      await until(() => server.logged.some(({ msg }) => msg === 'the certificate was reloaded'));
    } finally {
      await server.stop(0, 100);
    }
  });
});

it('readTls refuses a pair that does not belong together, and what is no PEM', () => {
  const { cert, key } = files();
  write({ ...CERT, key: NEXT.key });
  expect(() => readTls(files())).toThrow(`${key} is not the key of the certificate in ${cert}`);
  write({ ...CERT, cert: 'text' });
  expect(() => readTls(files())).toThrow(`${cert} is not a certificate in PEM`);
  write({ cert: CERT.cert, key: CERT.cert });
  expect(() => readTls(files())).toThrow(`${key} is not a private key without a passphrase in PEM`);
  write(CERT);
  expect(() => readTls({ ...files(), clientCa: key })).toThrow(`${key} is not a certificate in PEM`);
});

it('a self-signed certificate is good for the names asked for', async () => {
  const tls = await selfSigned(['cofferdam.test', '10.0.0.7'], Date.now());
  const server = await startTestServer({ tls });
  try {
    for (const servername of ['localhost', 'cofferdam.test']) {
      const { code } = await server.post('/mutate/enforce', BODY, { ca: tls.cert, servername });
      expect(code).toBe(200);
    }
    await expect(server.post('/', BODY, { ca: tls.cert, servername: 'other.test' })).rejects.toThrow(
      /altnames/,
    );
  } finally {
    await server.stop(0, 100);
  }
});

describe('a client CA', () => {
  it('keeps out callers without a certificate of it', async () => {
    const ca = await generate([{ name: 'commonName', value: 'ca' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
    });
    const client = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      ca: { cert: ca.cert, key: ca.private },
    });
    const server = await startTestServer({ tls: { ...CERT, ca: ca.cert } });
    try {
      await expect(server.post('/mutate/enforce', BODY)).rejects.toThrow();
      await expect(
        server.post('/mutate/enforce', BODY, { cert: NEXT.cert, key: NEXT.key }),
      ).rejects.toThrow();
      const known = { cert: client.cert, key: client.private };
      expect((await server.post('/mutate/enforce', BODY, known)).code).toBe(200);
    } finally {
      await server.stop(0, 100);
    }
  });
});
