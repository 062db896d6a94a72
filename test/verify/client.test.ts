import { afterEach, beforeEach, expect, it } from 'vitest';
import type { VerifyApi } from '../../src/verify/api.ts';
import { verifyApi } from '../../src/verify/client.ts';
import { FakeApiServer, send } from '../support/api-server.ts';

let server: FakeApiServer;
let api: VerifyApi;
let answer: { readonly code: number; readonly body: object };

beforeEach(async () => {
  answer = { code: 200, body: { metadata: {}, items: [{ metadata: { name: 'a' } }, 'odd'] } };
  server = new FakeApiServer();
  server.intercept = (_, response) => {
    send(response, answer.code, answer.body);
    return true;
  };
  await server.start();
  api = verifyApi(server.connection());
});
afterEach(() => server.stop());

const asked = () =>
  server.calls.map(({ method, url }) => `${method} ${url.pathname}${decodeURIComponent(url.search)}`);
const refuse = (code: number, message: string): void => {
  answer = { code, body: { kind: 'Status', code, message } };
};

it.each<[string, (of: VerifyApi) => Promise<unknown>]>([
  ['GET /apis/node.k8s.io/v1/runtimeclasses?limit=20', of => of.runtimeClasses()],
  ['GET /api/v1/nodes?limit=20', of => of.nodes()],
  ['GET /api/v1/namespaces?labelSelector=a/b&limit=20', of => of.namespacesWith('a/b')],
  ['GET /api/v1/namespaces/v/pods?labelSelector=a/b&limit=20', of => of.podsWith('v', 'a/b')],
  ['GET /api/v1/namespaces/v/events?fieldSelector=involvedObject.name=p&limit=20', of => of.events('v', 'p')],
])('%s', async (call, list) => {
  expect(await list(api)).toEqual([{ metadata: { name: 'a' } }]);
  expect(asked()).toEqual([call]);
});

it('makes, reads and removes what a run needs', async () => {
  answer = { code: 201, body: { status: { phase: 'Running' } } };
  await api.createNamespace({ metadata: { name: 'v' } });
  await api.createPod('v', { metadata: { name: 'p' } });
  expect(await api.pod('v', 'p')).toEqual(answer.body);
  expect(await api.log('v', 'p')).toBe(JSON.stringify(answer.body));
  expect(await api.hasNamespace('v')).toBe(true);
  await api.deletePod('v', 'p');
  await api.deleteNamespace('v');
  expect(asked()).toEqual([
    'POST /api/v1/namespaces',
    'POST /api/v1/namespaces/v/pods',
    'GET /api/v1/namespaces/v/pods/p',
    'GET /api/v1/namespaces/v/pods/p/log?limitBytes=524288',
    'GET /api/v1/namespaces/v',
    'DELETE /api/v1/namespaces/v/pods/p',
    'DELETE /api/v1/namespaces/v',
  ]);
  expect(server.calls.map(({ body }) => body).slice(0, 2)).toEqual([
    { metadata: { name: 'v' } },
    { metadata: { name: 'p' } },
  ]);
});

it('takes what is gone for removed', async () => {
  refuse(404, 'not found');
  await api.deletePod('v', 'p');
  await api.deleteNamespace('v');
  expect(await api.hasNamespace('v')).toBe(false);
});

it('throws what the API server says', async () => {
  refuse(403, 'pods is forbidden');
  await expect(api.createPod('v', {})).rejects.toMatchObject({ status: 403, message: 'pods is forbidden' });
  await expect(api.deletePod('v', 'p')).rejects.toThrow('pods is forbidden');
  await expect(api.log('v', 'p')).rejects.toThrow('pods is forbidden');
});
