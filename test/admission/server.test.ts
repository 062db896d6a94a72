import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LIMITS } from '../../src/admission/handler.ts';
import { Intake, type Place } from '../../src/admission/intake.ts';
import { createMetrics } from '../../src/admission/metrics.ts';
import { MODES } from '../../src/pod/mode.ts';
import {
  CERT,
  decodePatch,
  PODS,
  pod,
  RISKY,
  reviewOf,
  startTestServer,
  type TestServer,
  until,
} from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop(0, 1000));

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
    ['a review behind a byte order mark', 400, `\ufeff${JSON.stringify(reviewOf(PODS.admit))}`],
    ['a review that ends early', 200, JSON.stringify(reviewOf(PODS.admit)).slice(0, -5)],
    [
      'nesting of 200 levels in a large body',
      200,
      nested(200).replace('registry.example', 'x'.repeat(500_000)),
    ],
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

  it.each<[string, string, Record<string, string>]>([
    ['one byte more than the limit', bodyOf(LIMITS.bodyBytes + 1), {}],
    ['8 MiB', bodyOf(8 * 1024 * 1024), {}],
    ['7 MiB of unknown length', bodyOf(7 * 1024 * 1024), { 'transfer-encoding': 'chunked' }],
  ])('%s: an answer that counts, and a record of whose it was', async (_what, body, headers) => {
    const before = server.logged.length;
    const denied = await server.post('/mutate/enforce', body, { headers });
    expect([denied.code, denied.body.response]).toMatchObject([
      200,
      { uid: 'uid-1', allowed: false, status: { code: 403, message: /the body has more than \d+ bytes/ } },
    ]);
    const warned = await server.post('/mutate/inject', body, { headers });
    expect([warned.code, warned.body.response]).toMatchObject([200, { uid: 'uid-1', allowed: true }]);
    expect(warned.body.response.warnings).toHaveLength(1);
    expect(server.logged.slice(before)).toMatchObject([
      { namespace: 'shop', user: 'alice', operation: 'CREATE', verdict: 'unreadable', allowed: false },
      { namespace: 'shop', user: 'alice', operation: 'CREATE', verdict: 'unreadable', allowed: true },
    ]);
  });

  it.each<[string, Record<string, unknown>, boolean]>([
    [
      'a Pod that is being deleted',
      { operation: 'UPDATE', oldObject: pod({}, { deletionTimestamp: 'now' }) },
      true,
    ],
    [
      'a claim that it is',
      { operation: 'UPDATE', oldObject: PODS.admit, object: pod({}, { deletionTimestamp: 'now' }) },
      false,
    ],
    [
      'a Deployment',
      {
        kind: { group: 'apps', version: 'v1', kind: 'Deployment' },
        resource: { group: 'apps', version: 'v1', resource: 'deployments' },
      },
      true,
    ],
    ['a binding', { subResource: 'binding' }, true],
  ])('a body too large, of %s', async (_what, fields, allowed) => {
    const { request, ...rest } = reviewOf(pod({}, { annotations: { long: 'x'.repeat(LIMITS.bodyBytes) } }));
    const { object, ...head } = request;
    const body = JSON.stringify({
      ...rest,
      request: { ...head, object, ...fields, ...('object' in fields && { options: object }) },
    });
    const answer = await server.post('/validate/enforce', body);
    expect([answer.code, answer.body.response.uid, answer.body.response.allowed]).toEqual([
      200,
      'uid-1',
      allowed,
    ]);
  });

  it('what the API server made six times as long is judged, an update with two of it too', async () => {
    const probe = { livenessProbe: { exec: { command: ['true', '<'.repeat(1_100_000)] } } };
    const inflated = (spec: Record<string, unknown>) =>
      pod({ containers: [{ name: 'app', image: 'registry.example/app:1', ...probe }], ...spec }, RISKY);
    const send = (path: string, review: object) =>
      server.post(path, JSON.stringify(review).replaceAll('<', '\\u003c'));
    const created = await send('/mutate/enforce', reviewOf(inflated({})));
    expect([created.code, decodePatch(created.body.response)[0]]).toMatchObject([200, { value: 'gvisor' }]);
    const refused = await send('/validate/enforce', reviewOf(inflated({ hostPID: true })));
    expect([refused.body.response.allowed, refused.body.response.status?.message]).toMatchObject([
      false,
      /hostPID/,
    ]);
    const update = { operation: 'UPDATE', oldObject: inflated({}) };
    const kept = await send('/validate/enforce', reviewOf(inflated({}), update));
    expect([kept.code, kept.body.response.allowed]).toEqual([200, true]);
    const changed = inflated({});
    const weakened = {
      ...changed,
      metadata: { ...changed.metadata, annotations: { 'io.katacontainers.config.x': '1' } },
    };
    const stopped = await send('/validate/enforce', reviewOf(weakened, update));
    expect([stopped.code, stopped.body.response.allowed]).toEqual([200, false]);
  });

  it('more than all of it inflated is not even read: the answer comes at once, by its head', async () => {
    const small = await startTestServer({ limits: { bodyBytes: 300_000, sentBytes: 400_000 } });
    try {
      const body = bodyOf(10_000_000);
      const head = `POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
      const answer = await raw(small.port, head + body.slice(0, 450_000));
      expect(answer).toMatch(/^HTTP\/1\.1 200 .*connection: close.*"uid":"uid-1","allowed":false/is);
    } finally {
      await small.stop(0, 100);
    }
  });

  it('headers that come too slowly are cut', async () => {
    const impatient = await startTestServer({ limits: { requestMs: 400 } });
    try {
      const head = 'POST /mutate/enforce HTTP/1.1\r\nHost: x\r\n';
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

  const opening = (bytes: number, mode = 'enforce') =>
    `POST /mutate/${mode} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`;

  it('a body that stalls is dropped within a second, and its head is answered', async () => {
    const body = JSON.stringify(reviewOf(PODS.admit));
    const answers = await Promise.all([
      raw(server.port, opening(100)),
      raw(server.port, opening(body.length + 1) + body),
      raw(server.port, opening(body.length + 1, 'warn') + body),
    ]);
    expect(answers).toEqual([
      expect.stringMatching(/^HTTP\/1\.1 408 .*"uid":"","allowed":false/s),
      expect.stringMatching(/^HTTP\/1\.1 200 .*"uid":"uid-1","allowed":false.*did not come in time/s),
      expect.stringMatching(/^HTTP\/1\.1 200 .*"uid":"uid-1","allowed":true.*did not come in time/s),
    ]);
  });

  it('bodies that are held keep none of ordinary size out', async () => {
    const small = await startTestServer({ limits: { heldBytes: 1_000_000, ordinaryBytes: 100_000 } });
    const held: ReturnType<typeof connect>[] = [];
    try {
      for (let i = 0; i < 20; i++) {
        const socket = connect({ port: small.port, host: '127.0.0.1', ca: CERT.cert }).on(
          'error',
          () => undefined,
        );
        held.push(socket);
        await once(socket, 'secureConnect');
        socket.write(opening(950_000) + bodyOf(900_000));
        const { code, body } = await small.post('/mutate/enforce', bodyOf(90_000));
        expect([code, body.response.allowed]).toEqual([200, true]);
      }
    } finally {
      for (const socket of held) socket.destroy();
      await small.stop(0, 1000);
    }
  });

  it('bodies that come after one of ordinary size, and fill all of the room, do not take its own', async () => {
    // No tick comes, so that the body may wait for its last byte.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const opened = vi.spyOn(Intake.prototype, 'open');
    const limits = { heldBytes: 1_000_000, ordinaryBytes: 100_000, requestMs: 60_000 };
    const small = await startTestServer({ limits });
    try {
      const body = bodyOf(90_000);
      const early = connect({ port: small.port, host: '127.0.0.1', ca: CERT.cert });
      let told = '';
      early.on('data', data => {
        told += data;
      });
      early.write(opening(body.length) + body.slice(0, -1));
      const place = (): Place | undefined => opened.mock.results[0]?.value;
      await until(() => (place()?.held ?? 0) >= body.length - 1);
      for (let i = 0; i < 3; i++) {
        const large = await small.post('/mutate/enforce', bodyOf(950_000));
        expect(large.body.response.status?.code).toBe(429);
      }
      early.write(body.slice(-1));
      await until(() => told !== '');
      expect(told).toMatch(/^HTTP\/1\.1 200 .*"uid":"uid-1","allowed":true/s);
      early.destroy();
    } finally {
      opened.mockRestore();
      vi.useRealTimers();
      await small.stop(0, 1000);
    }
  });

  it('one for which there is no room is refused for now, or to be asked again where nothing is refused', async () => {
    const small = await startTestServer({ limits: { heldBytes: 400_000 } });
    try {
      const refused = await small.post('/mutate/enforce', bodyOf(600_000));
      expect([refused.code, refused.body.response]).toMatchObject([
        200,
        {
          uid: 'uid-1',
          allowed: false,
          status: { code: 429, reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } },
        },
      ]);
      const again = await small.post('/mutate/inject', bodyOf(600_000));
      expect([again.code, again.headers['retry-after'], again.body.response.allowed]).toEqual([
        429,
        '1',
        true,
      ]);
      expect(small.logged.filter(({ namespace }) => namespace === 'shop')).toHaveLength(2);
      expect((await small.post('/mutate/enforce', bodyOf(100_000))).code).toBe(200);
    } finally {
      await small.stop(0, 1000);
    }
  });

  it('connections that never speak TLS, or never hang up, are closed', async () => {
    const impatient = await startTestServer({ limits: { requestMs: 200, handshakeMs: 200 } });
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

it.each(['mutate', 'validate'])('answers POST /%s/MODE alike past express and through it', async path => {
  const review = JSON.stringify(reviewOf(PODS.reject));
  for (const mode of MODES) {
    const past = await server.post(`/${path}/${mode}?timeout=10s`, review);
    // With a slash at its end it is none of the paths that are looked up, and express takes it for the same.
    const through = await server.post(`/${path}/${mode}/`, review);
    expect([through.code, through.body]).toEqual([past.code, past.body]);
    expect(past.code).toBe(200);
  }
});

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

  it('answers however many connections to it are held', async () => {
    const held = Array.from({ length: 120 }, () =>
      connectTcp({ port: server.metricsPort, host: '127.0.0.1' }).on('error', () => undefined),
    );
    try {
      await Promise.all(held.map(socket => once(socket, 'connect')));
      for (let i = 0; i < 5; i++) expect((await get('/livez')).code).toBe(200);
    } finally {
      for (const socket of held) socket.destroy();
    }
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
