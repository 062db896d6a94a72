import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as client from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Api, type ApiCall, ApiError } from '../../src/cluster/live/api.ts';
import { connectionOf } from '../../src/cluster/live/connect.ts';
import { kubeconfigFor } from '../support/kube-server.ts';

let server: Server;
let api: Api;
let seen: IncomingMessage | undefined;
let body: string;
let answer: { readonly code: number; readonly body: string };

beforeEach(async () => {
  answer = { code: 200, body: '{"kind":"Any"}' };
  server = createServer(async (request, response) => {
    seen = request;
    body = await text(request);
    response.writeHead(answer.code).end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const config = new client.KubeConfig();
  config.loadFromString(kubeconfigFor((server.address() as AddressInfo).port));
  api = connectionOf(client, config).api;
});
afterEach(() => {
  server.close();
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
  ['says nothing', '{"metadata":{}}', 'the API server answered 410', undefined],
  ['is of a proxy', '<html>', 'the API server answered 410', undefined],
  ['is null', 'null', 'the API server answered 410', undefined],
])('an error that %s', async (_, text, message, resume) => {
  answer = { code: 410, body: text };
  const error: unknown = await api({ path: '/x', timeoutMs: 1000 }).catch(thrown => thrown);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ statusCode: 410, message, resume });
});
