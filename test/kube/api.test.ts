import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as client from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Api, ApiCall } from '../../src/kube/api.ts';
import { type Connection, connectionOf } from '../../src/kube/connect.ts';
import { causeOf, KubeError } from '../../src/kube/error.ts';
import { kubeconfigFor } from '../support/kube-server.ts';
import { withoutWaiting } from '../support/without-waiting.ts';

let server: Server;
let connection: Connection;
let api: Api;
let seen: IncomingMessage | undefined;
let body: string;
let answer: { readonly code: number; readonly body: string; readonly retryAfter?: string };
let asked: number;

beforeEach(async () => {
  answer = { code: 200, body: '{"kind":"Any"}' };
  asked = 0;
  server = createServer(async (request, response) => {
    asked++;
    seen = request;
    body = await text(request);
    const { code, retryAfter } = answer;
    response.writeHead(code, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const config = new client.KubeConfig();
  config.loadFromString(kubeconfigFor((server.address() as AddressInfo).port));
  connection = connectionOf(config);
  ({ api } = connection);
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

it.each<[string, Partial<ApiCall>, string, string | undefined, string, string]>([
  ['a read', {}, 'GET', undefined, 'application/json', ''],
  ['a list of names', { metadataOnly: true }, 'GET', undefined, METADATA, ''],
  [
    'a merge patch',
    { method: 'PATCH', patch: { a: 1 } },
    'PATCH',
    'application/merge-patch+json',
    'application/json',
    '{"a":1}',
  ],
  [
    'a whole object',
    { method: 'PUT', body: { b: 2 } },
    'PUT',
    'application/json',
    'application/json',
    '{"b":2}',
  ],
  ['a removal', { method: 'DELETE' }, 'DELETE', undefined, 'application/json', ''],
])('%s', async (_, call, method, type, accept, sent) => {
  expect(await api({ path: '/x?limit=1', timeoutMs: 1000, ...call })).toEqual({ kind: 'Any' });
  expect(seen).toMatchObject({ method, url: '/x?limit=1' });
  expect([seen?.headers['content-type'], seen?.headers.accept, body]).toEqual([type, accept, sent]);
});

it.each<[string, string, string, string | undefined]>([
  ['says why', '{"message":"no such thing"}', 'no such thing', undefined],
  ['says from where a list goes on', '{"message":"too old","metadata":{"continue":"abc"}}', 'too old', 'abc'],
  ['says nothing', '{"metadata":{}}', 'the API server answered 410 to GET /x', undefined],
  ['is of a proxy', '<html>', 'the API server answered 410 to GET /x', undefined],
  ['is null', 'null', 'the API server answered 410 to GET /x', undefined],
])('an error that %s', async (_, text, message, resume) => {
  answer = { code: 410, body: text };
  const error: unknown = await api({ path: '/x?y=z', timeoutMs: 1000 }).catch(thrown => thrown);
  expect(error).toBeInstanceOf(KubeError);
  expect(error).toMatchObject({ status: 410, request: 'GET /x', message, resume });
});

it.each([
  '/api/v1/namespaces/.',
  '/api/v1/namespaces/..',
  '/api/v1/namespaces/../secrets?limit=1',
  '/api/v1/namespaces/%2e%2E',
  '/api/v1/namespaces/',
  '/api/v1/namespaces//pods',
  '//elsewhere/api',
  '/api/v1/namespaces/a#b',
  '/api/v1/namespaces/a\\b',
  '/api/v1/namespaces/a b',
])('a path that a URL would make another of is not asked for: %s', async path => {
  const call = { path };
  const errors = await Promise.all([
    api(call).catch(error => error),
    api.bytes({ ...call, method: 'DELETE' }).catch(error => error),
    api.lines(call, { opened: () => undefined, line: () => undefined }).catch(error => error),
  ]);
  expect(errors).toEqual([0, 1, 2].map(() => expect.any(KubeError)));
  expect(asked).toBe(0);
});

it.each(['a', '...', 'a.b-c', '%2F', '~', encodeURIComponent('%2e'), encodeURIComponent('ä/?#')])(
  'a name that is encoded is asked for as it is: %s',
  async name => {
    await api({ path: `/api/v1/namespaces/${name}?limit=1` });
    expect(seen?.url).toBe(`/api/v1/namespaces/${name}?limit=1`);
  },
);

it('an answer that is no object is an error; as text, whatever comes is one', async () => {
  answer = { code: 200, body: 'line 1\nline 2\n' };
  await expect(api({ path: '/log' })).rejects.toMatchObject({ status: 200, request: 'GET /log' });
  expect(await connection.text({ path: '/log' })).toBe(answer.body);
});

it.each([
  ['a write', { method: 'PUT', body: {} } as const, 1],
  ['a read', {}, 10],
])('%s of a server that is too busy is sent again only where that does no harm', async (_, call, times) => {
  answer = { code: 503, body: '', retryAfter: '0' };
  const waits = withoutWaiting();
  try {
    await expect(api({ path: '/x', ...call })).rejects.toMatchObject({ status: 503 });
  } finally {
    waits.end();
  }
  expect(asked).toBe(times);
});

it('a wait that would take too long is not begun', async () => {
  answer = { code: 429, body: '{"message":"too busy"}', retryAfter: '5' };
  await expect(api({ path: '/x', timeoutMs: 3000 })).rejects.toMatchObject({ message: 'too busy' });
  expect(asked).toBe(1);
});

describe('a call without an answer', () => {
  const silence = () => server.removeAllListeners('request').on('request', () => asked++);

  it('ends in time', async () => {
    silence();
    const error = await api({ path: '/x', timeoutMs: 20 }).catch((thrown: unknown) => thrown);
    const why = 'no answer within 0.02 s';
    expect(error).toMatchObject({ status: undefined, request: 'GET /x', cause: { message: why } });
    expect(String(error)).toMatch(/cannot reach the API server http:.*: no answer within 0\.02 s$/);
    expect(causeOf(error)).toBe(why);
  });

  it('ends when nobody wants it any more, with the reason for that', async () => {
    silence();
    const reason = new Error('stopped');
    const stop = new AbortController();
    const call = api({ path: '/x', signal: stop.signal });
    stop.abort(reason);
    await expect(call).rejects.toBe(reason);
  });
});

it.each([
  ['the cause', new Error('fetch failed', { cause: new Error('read ECONNRESET') }), 'read ECONNRESET'],
  [
    'its code',
    new Error('', { cause: Object.assign(new Error(''), { code: 'EHOSTUNREACH' }) }),
    'EHOSTUNREACH',
  ],
  ['the error itself', new KubeError('no such thing', { status: 404 }), 'no such thing'],
])('why a connection failed is said by %s', (_, error, why) => {
  expect(causeOf(error)).toBe(why);
});
