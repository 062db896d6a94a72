import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { Agent, type RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { selfSigned } from '../../src/admission/self-signed.ts';
import { readTls } from '../../src/admission/tls.ts';
import { CERT, PODS, reviewOf, startTestServer, until } from './support.ts';

const NEXT = await selfSigned([], Date.now() + 1000);
const EXPIRED = await selfSigned([], Date.parse('2024-11-01T00:00:00Z'));
const OLDER = await selfSigned([], Date.parse('2023-11-01T00:00:00Z'));
const BODY = JSON.stringify(reviewOf(PODS.admit));
const REQUEST = `POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;
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
  const HOUR_MS = 3_600_000;
  const inHours = (hours: number): Date => new Date(Date.now() + hours * HOUR_MS);
  const caNamed = async (name: string) => {
    const { cert, private: key } = await generate([{ name: 'commonName', value: name }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
    });
    return { cert, key };
  };
  const madeBy = async (ca: { cert: string; key: string }, more: Parameters<typeof generate>[1] = {}) => {
    const options = { keyType: 'ec', algorithm: 'sha256', ca, ...more } as const;
    const { cert, private: key } = await generate([{ name: 'commonName', value: 'kube-apiserver' }], options);
    return { cert, key };
  };

  it.each<[string, boolean, Parameters<typeof generate>[1]]>([
    ['one that is in date', true, {}],
    ['one that has expired', false, { notBeforeDate: inHours(-9), notAfterDate: inHours(-1) }],
    ['one that is not valid yet', false, { notBeforeDate: inHours(1), notAfterDate: inHours(9) }],
    ['one for servers alone', false, { extensions: [{ name: 'extKeyUsage', serverAuth: true }] }],
  ])('makes a caller known by %s: %s', async (_, isKnown, made) => {
    const ca = await caNamed('ca');
    const client = await madeBy(ca, made);
    const server = await startTestServer({ tls: { ...CERT, ca: ca.cert, strangers: true } });
    try {
      expect((await server.post('/mutate/enforce', BODY, client)).code).toBe(200);
      await until(() => server.logged.some(({ msg }) => msg === 'decision'));
      expect(server.logged.at(-1)?.caller).toBe(isKnown ? undefined : 'stranger');
    } finally {
      await server.stop(0, 100);
    }
  });

  it.each([true, false])(
    'that is replaced ends what was opened before, with an answer that is under way (strangers: %s)',
    async strangers => {
      const [before, after] = [await caNamed('before'), await caNamed('after')];
      const clientCa = join(folder, 'ca.crt');
      write(CERT);
      writeFileSync(clientCa, before.cert);
      const tlsFiles = { ...files(), clientCa, strangers };
      const server = await startTestServer({ tls: readTls(tlsFiles), tlsFiles, watch: WATCH });
      const known = await madeBy(before);
      const open = async () => {
        const socket = connect({ port: server.port, host: '127.0.0.1', ca: CERT.cert, ...known });
        const told = { text: '', closed: false };
        socket.on('data', piece => {
          told.text += piece;
        });
        socket.on('error', () => undefined);
        socket.on('close', () => {
          told.closed = true;
        });
        await once(socket, 'secureConnect');
        return { socket, told };
      };
      const [idle, busy] = [await open(), await open()];
      try {
        idle.socket.write(REQUEST);
        await until(() => idle.told.text.includes('200 OK'));
        busy.socket.write(REQUEST.slice(0, -1));
        await until(() => server.logged.some(({ msg }) => msg === 'decision'));
        writeFileSync(clientCa, after.cert);
        await until(() => idle.told.closed);
        busy.socket.write(REQUEST.slice(-1));
        await until(() => busy.told.closed);
        expect(busy.told.text).toContain('200 OK');
        expect((await server.post('/mutate/enforce', BODY, await madeBy(after))).code).toBe(200);
      } finally {
        idle.socket.destroy();
        busy.socket.destroy();
        await server.stop(0, 100);
      }
    },
  );

  it('that stays as it is ends nothing when the certificate changes', async () => {
    const ca = await caNamed('ca');
    const clientCa = join(folder, 'ca.crt');
    write(CERT);
    writeFileSync(clientCa, ca.cert);
    const tlsFiles = { ...files(), clientCa, strangers: true };
    const server = await startTestServer({ tls: readTls(tlsFiles), tlsFiles, watch: WATCH });
    const socket = connect({ port: server.port, host: '127.0.0.1', ca: CERT.cert, ...(await madeBy(ca)) });
    let text = '';
    socket.on('data', piece => {
      text += piece;
    });
    try {
      socket.write(REQUEST);
      await until(() => text.includes('200 OK'));
      write(NEXT);
      await until(() => server.logged.some(({ msg }) => msg === 'the certificate was reloaded'));
      socket.write(REQUEST);
      await until(() => text.split('200 OK').length === 3);
    } finally {
      socket.destroy();
      await server.stop(0, 100);
    }
  });

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
