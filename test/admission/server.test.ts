import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LIMITS } from '../../src/admission/handler.ts';
import { createMetrics } from '../../src/admission/metrics.ts';
import { CERT, PODS, pod, RISKY, reviewOf, startTestServer, type TestServer, until } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop(0, 1000));

/** A body of exactly so many bytes: the Pod carries a long annotation. */
function bodyOf(bytes: number): string {
  const empty = JSON.stringify(reviewOf(pod({}, { annotations: { long: '' } })));
  return JSON.stringify(reviewOf(pod({}, { annotations: { long: 'x'.repeat(bytes - empty.length) } })));
}

const nested = (levels: number): string => {
  const deep = `${'[['.repeat(levels / 2)}${']]'.repeat(levels / 2)}`;
  return JSON.stringify(reviewOf(PODS.admit)).replace('"shop"', `"shop","extra":${deep}`);
};

it('answers an AdmissionReview with an AdmissionReview', async () => {
  const { code, headers, body } = await server.post(
    '/mutate/enforce',
    JSON.stringify(reviewOf(PODS.sandbox)),
  );
  expect(code).toBe(200);
  expect(headers['content-type']).toBe('application/json');
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(body).toMatchObject({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: 'uid-1', allowed: true, patchType: 'JSONPatch' },
  });
});

describe('bad bodies', () => {
  const { request, ...headless } = reviewOf(PODS.admit);
  const { uid: _, ...anonymous } = request;
  it.each<[string, number, string]>([
    ['an empty body', 400, ''],
    ['not JSON', 400, '{"apiVersion": '],
    ['a YAML body', 400, 'apiVersion: admission.k8s.io/v1'],
    ['a number', 400, '7'],
    ['null', 400, 'null'],
    ['a list', 400, '[]'],
    ['no request', 400, JSON.stringify(headless)],
    ['a request that is text', 400, JSON.stringify({ ...headless, request: 'text' })],
    ['no uid', 400, JSON.stringify({ ...headless, request: anonymous })],
    ['a uid that is a number', 400, JSON.stringify(reviewOf(PODS.admit, { uid: 7 }))],
    [
      'a uid behind __proto__',
      400,
      JSON.stringify(headless).replace('{', '{"__proto__":{"request":{"uid":"x"}},'),
    ],
    ['another kind', 200, JSON.stringify({ ...reviewOf(PODS.admit), kind: 'Pod' })],
    ['another version', 200, JSON.stringify({ ...reviewOf(PODS.admit), apiVersion: 'admission.k8s.io/v2' })],
    ['an object that is no Pod', 200, JSON.stringify(reviewOf({ kind: 'Service' }))],
    ['nesting of 200 levels', 200, nested(200)],
    ['nesting of 200,000 levels', 200, nested(200_000)],
    ['nesting of 200 levels without a uid', 400, nested(200).replace('"uid-1"', '""')],
    ['brackets without end', 400, '['.repeat(100_000)],
    ['text without end', 400, '{"a":"\\'],
  ])('%s: %i, denied on the enforce paths and warned about on the others', async (_what, code, body) => {
    for (const path of ['mutate', 'validate']) {
      const denied = await server.post(`/${path}/enforce`, body);
      expect(denied.code).toBe(code);
      expect(denied.body.kind).toBe('AdmissionReview');
      expect(denied.body.response).toMatchObject({ uid: code === 200 ? 'uid-1' : '', allowed: false });
      expect(JSON.stringify(denied.body)).not.toMatch(/\bat .*\.[jt]s:\d/);
      const warned = await server.post(`/${path}/warn`, body);
      expect(warned.code).toBe(code);
      expect(warned.body.response.allowed).toBe(true);
      expect(warned.body.response.warnings).toHaveLength(1);
    }
  });

  it('brackets in text are no nesting', async () => {
    const annotations = { json: `${'["\\"{'.repeat(500)}` };
    const body = JSON.stringify(reviewOf(pod({}, { annotations })));
    expect((await server.post('/mutate/enforce', body)).code).toBe(200);
  });
});

describe('bypass 18: sizes and times', () => {
  it('two objects of 3 MiB are taken', async () => {
    const { code, body } = await server.post('/validate/enforce', bodyOf(6 * 1024 * 1024));
    expect(code).toBe(200);
    expect(body.response.allowed).toBe(true);
  });

  it.each([
    ['one byte more than the limit', LIMITS.bodyBytes + 1],
    ['8 MiB', 8 * 1024 * 1024],
  ])('%s: 413, in the form of an answer', async (_what, bytes) => {
    const { code, body } = await server.post('/mutate/enforce', bodyOf(bytes));
    expect(code).toBe(413);
    expect(body.response).toMatchObject({ uid: '', allowed: false });
  });

  it('a large body of unknown length: 413', async () => {
    const body = bodyOf(7 * 1024 * 1024);
    const headers = { 'transfer-encoding': 'chunked' };
    expect((await server.post('/mutate/enforce', body, { headers })).code).toBe(413);
  });

  it('a body that comes too slowly is cut', async () => {
    const impatient = await startTestServer({ limits: { requestMs: 100 } });
    try {
      const head =
        'POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{';
      expect(await raw(impatient.port, head)).toMatch(/^HTTP\/1\.1 408 .*"code":408/s);
    } finally {
      await impatient.stop(0, 100);
    }
  });

  it('headers without end are cut', async () => {
    const head = `POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`;
    expect(await raw(server.port, head)).toMatch(/^HTTP\/1\.1 431 .*"code":431/s);
  });

  it('what is not HTTP: 400', async () => {
    expect(await raw(server.port, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*"code":400/s);
  });

  it.each<[string, Record<string, unknown>]>([
    [
      'capabilities',
      { containers: [{ name: 'a', securityContext: { capabilities: { add: Array(100_001).fill('A') } } }] },
    ],
    ['containers', { containers: Array(100_001).fill({ name: 'a' }) }],
    ['volumes', { volumes: Array(100_001).fill({ name: 'a' }) }],
  ])('more %s than any Pod has: denied before they are judged', async (_what, spec) => {
    const { code, body } = await server.post('/mutate/enforce', JSON.stringify(reviewOf(pod(spec))));
    expect([code, body.response.uid, body.response.allowed]).toEqual([200, 'uid-1', false]);
    expect(body.response.status?.message).toContain('the body holds more than 100000 values');
  });

  it('bodies that wait hold no more than so much together: 429, and there is room again once they are gone', async () => {
    const small = await startTestServer({ limits: { heldBytes: 100_000 } });
    const head = (bytes: number) =>
      `POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`;
    try {
      const waiting = connect({ port: small.port, host: '127.0.0.1', ca: CERT.cert });
      await once(waiting, 'secureConnect');
      waiting.write(head(90_000) + ' '.repeat(80_000));
      const body = bodyOf(50_000);
      await until(async () => (await small.post('/mutate/enforce', body)).code === 429);
      const { headers, body: busy } = await small.post('/mutate/enforce', body);
      expect([headers['retry-after'], busy.response.allowed]).toEqual(['1', false]);
      expect((await small.post('/mutate/enforce', bodyOf(10_000))).code).toBe(200);
      waiting.destroy();
      await until(async () => (await small.post('/mutate/enforce', body)).code === 200);
    } finally {
      await small.stop(0, 1000);
    }
  });

  it('connections that never speak TLS, or never hang up, are closed', async () => {
    const impatient = await startTestServer({ limits: { requestMs: 200 } });
    try {
      const silent = connectTcp({ port: impatient.port, host: '127.0.0.1' });
      const halfOpen = connectTcp({ port: impatient.port, host: '127.0.0.1', allowHalfOpen: true });
      const closed = Promise.all(
        [silent, halfOpen].map(
          socket =>
            new Promise(resolve =>
              socket
                .on('error', () => undefined)
                .on('close', resolve)
                .resume(),
            ),
        ),
      );
      // Only a connection that is closed at the other end breaks by this.
      const still = setInterval(() => halfOpen.write('GET / HTTP/1.1\r\n\r\n'), 50);
      await closed;
      clearInterval(still);
    } finally {
      await impatient.stop(0, 1000);
    }
  });

  it('connections beyond the limit are turned away, and the others are served', async () => {
    const narrow = await startTestServer({ limits: { connections: 2 } });
    try {
      const open = [1, 2].map(() => connectTcp({ port: narrow.port, host: '127.0.0.1' }));
      await Promise.all(open.map(socket => once(socket, 'connect')));
      const body = JSON.stringify(reviewOf(PODS.admit));
      await expect(narrow.post('/mutate/enforce', body)).rejects.toThrow();
      for (const socket of open) socket.destroy();
      await until(() =>
        narrow.post('/mutate/enforce', body).then(
          ({ code }) => code === 200,
          () => false,
        ),
      );
    } finally {
      await narrow.stop(0, 1000);
    }
  });

  it('a caller that goes away does no harm', async () => {
    const before = server.logged.length;
    const head =
      'POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{';
    const socket = connect({ port: server.port, host: '127.0.0.1', ca: CERT.cert });
    await new Promise<void>(resolve => socket.write(head, () => resolve()));
    socket.destroy();
    const { code } = await server.post('/mutate/enforce', JSON.stringify(reviewOf(PODS.admit)));
    expect(code).toBe(200);
    expect(server.logged.slice(before).filter(({ level }) => level === 'error')).toEqual([]);
  });
});

/** What comes back for bytes that no HTTP client would send. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ca: CERT.cert });
    let seen = '';
    socket.on('data', data => {
      seen += data;
    });
    socket.on('close', () => resolve(seen));
    socket.on('error', reject);
    socket.write(text);
  });
}

describe('what is no AdmissionReview request', () => {
  it.each<[string, string, number]>([
    ['POST', '/', 404],
    ['POST', '/mutate', 404],
    ['POST', '/mutate/enforce/more', 404],
    ['POST', '/mutate/%ff', 400],
    ['GET', '/mutate/enforce', 405],
    ['PUT', '/validate/warn', 405],
  ])('%s %s: %i and a Status', async (method, path, code) => {
    const answer = await server.post(path, '', { method });
    expect(answer.code).toBe(code);
    expect(answer.body).toMatchObject({ kind: 'Status', status: 'Failure', code });
  });

  it.each([
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/json-patch+json' },
    { 'content-encoding': 'gzip' },
  ])('%j: 415', async headers => {
    const answer = await server.post('/mutate/enforce', JSON.stringify(reviewOf(PODS.admit)), { headers });
    expect(answer.code).toBe(415);
    expect(answer.body.response.allowed).toBe(false);
  });

  it('application/json may name its charset', async () => {
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    const answer = await server.post('/mutate/enforce', JSON.stringify(reviewOf(PODS.admit)), { headers });
    expect(answer.code).toBe(200);
  });
});

it('takes an unknown mode for enforce', async () => {
  const { body } = await server.post('/validate/enforec', JSON.stringify(reviewOf(PODS.reject)));
  expect(body.response.allowed).toBe(false);
});

it('takes a bug of its own for a reason to deny, and does not show it', async () => {
  const broken = await startTestServer({
    decide: () => {
      throw new Error('secret of the implementation');
    },
  });
  try {
    const denied = await broken.post('/mutate/enforce', JSON.stringify(reviewOf(PODS.admit)));
    expect(denied.code).toBe(200);
    expect(denied.body.response).toMatchObject({ uid: 'uid-1', allowed: false });
    expect(JSON.stringify(denied.body)).not.toContain('secret');
    const warned = await broken.post('/mutate/inject', JSON.stringify(reviewOf(PODS.admit)));
    expect(warned.body.response).toMatchObject({ uid: 'uid-1', allowed: true });
    expect(broken.logged.some(({ err }) => JSON.stringify(err ?? '').includes('secret'))).toBe(true);
  } finally {
    await broken.stop(0, 100);
  }
});

it.each(['/mutate/enforce', '/mutate/enforce?timeout=10s', '/Mutate/enforce/'])(
  '%s: an error beside judging ends neither the answer nor the server',
  async path => {
    const metrics = createMetrics('0.0.0-test');
    const judged = vi.spyOn(metrics, 'judged').mockImplementation(() => {
      throw new Error('no metrics');
    });
    const broken = await startTestServer({ metrics });
    const body = JSON.stringify(reviewOf(PODS.reject));
    try {
      expect((await broken.post(path, body)).body.response.allowed).toBe(false);
      expect(broken.logged.some(({ err }) => JSON.stringify(err ?? '').includes('no metrics'))).toBe(true);
      judged.mockRestore();
      expect((await broken.post(path, body)).body.response.allowed).toBe(false);
    } finally {
      await broken.stop(0, 1000);
    }
  },
);

it('logs one line a decision, without values of environment variables and annotations', async () => {
  const before = server.logged.length;
  const secret = pod(
    {
      containers: [
        { name: 'app', image: 'registry.example/app:1', env: [{ name: 'PASSWORD', value: 'hunter2' }] },
      ],
    },
    {
      ...RISKY,
      annotations: { note: 'hunter3', 'io.katacontainers.config.x': 'hunter4' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'u', controller: true }],
    },
  );
  await server.post('/validate/warn', JSON.stringify(reviewOf(secret)));
  await until(() => server.logged.length > before);
  const [line, ...more] = server.logged.slice(before);
  expect(more).toEqual([]);
  expect(line).toMatchObject({
    level: 'info',
    msg: 'decision',
    uid: 'uid-1',
    path: 'validate',
    mode: 'warn',
    operation: 'CREATE',
    kind: 'Pod',
    namespace: 'shop',
    name: 'web',
    owner: 'ReplicaSet',
    user: 'alice',
    verdict: 'reject',
    allowed: true,
    outcome: 'nothing-contains',
    policy: 'balanced',
    signals: expect.arrayContaining(['kataAnnotation']),
    durationMs: expect.any(Number),
  });
  expect(JSON.stringify(line)).not.toMatch(/hunter/);
});

describe('the second port', () => {
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${server.metricsPort}${path}`);
    return { code: response.status, text: await response.text() };
  };

  it.each([
    ['/livez', 200],
    ['/readyz', 200],
    ['/readyz?verbose', 200],
    ['/mutate/enforce', 404],
  ])('%s: %i', async (path, code) => {
    expect((await get(path)).code).toBe(code);
  });

  it('counts requests, decisions and signals', async () => {
    const separate = await startTestServer();
    try {
      await separate.post('/mutate/enforce', JSON.stringify(reviewOf(PODS.sandbox)));
      await separate.post('/validate/enforce', JSON.stringify(reviewOf(PODS.reject)));
      await separate.post('/validate/warn', JSON.stringify(reviewOf(null, { operation: 'ODD' })));
      const text = await (await fetch(`http://127.0.0.1:${separate.metricsPort}/metrics`)).text();
      for (const line of [
        'cofferdam_admission_requests_total{path="mutate",mode="enforce",operation="CREATE",verdict="sandbox"} 1',
        'cofferdam_admission_requests_total{path="validate",mode="enforce",operation="CREATE",verdict="reject"} 1',
        'cofferdam_admission_requests_total{path="validate",mode="warn",operation="unknown",verdict="unreadable"} 1',
        'cofferdam_admission_duration_seconds_count{path="mutate",mode="enforce",operation="CREATE",verdict="sandbox"} 1',
        'cofferdam_decisions_total{policy="balanced",verdict="reject"} 1',
        'cofferdam_signals_total{signal="hostPID"} 1',
        'cofferdam_policy_problems 0',
        `cofferdam_build_info{version="0.0.0-test",node="${process.version}"} 1`,
      ]) {
        expect(text).toContain(`${line}\n`);
      }
      expect(text).toMatch(/^cofferdam_certificate_expiry_timestamp_seconds 1\.?\d+(e9)?$/m);
      expect(text).toContain('process_resident_memory_bytes');
    } finally {
      await separate.stop(0, 100);
    }
  });
});
