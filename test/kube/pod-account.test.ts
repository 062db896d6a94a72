import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { selfSigned } from '../../src/admission/self-signed.ts';
import { apiOf } from '../../src/kube/api.ts';
import { podAccount } from '../../src/kube/pod-account.ts';

let server: Server;
let folder: string;
let env: NodeJS.ProcessEnv;
const tokens: (string | undefined)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'account-'));
  const { key, cert } = await selfSigned([], Date.now());
  server = createServer({ key, cert }, (request, response) => {
    tokens.push(request.headers.authorization);
    response.end('{"kind":"Any"}');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  writeFileSync(join(folder, 'ca.crt'), cert);
  env = {
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: String((server.address() as AddressInfo).port),
  };
});
beforeEach(() => writeFileSync(join(folder, 'namespace'), 'cofferdam-system\n'));
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

it('the API server is reached with the token that the kubelet wrote last, over what its CA vouches for', async () => {
  const { target, namespace } = podAccount(env, folder);
  expect(namespace).toBe('cofferdam-system');
  for (const token of ['first', 'second']) {
    writeFileSync(join(folder, 'token'), `${token}\n`);
    await apiOf(target)({ path: '/version' });
  }
  expect(tokens).toEqual(['Bearer first', 'Bearer second']);
});

it('a server that the CA does not vouch for is given no token', async () => {
  const before = tokens.length;
  const other = mkdtempSync(join(tmpdir(), 'account-'));
  writeFileSync(join(other, 'ca.crt'), (await selfSigned([], Date.now())).cert);
  writeFileSync(join(other, 'token'), 'secret');
  await expect(apiOf(podAccount(env, other).target)({ path: '/version' })).rejects.toThrow(/cannot reach/);
  expect(tokens).toHaveLength(before);
  expect(podAccount(env, other).namespace).toBe('default');
  rmSync(other, { recursive: true });
});

it.each([
  ['::1', 'https://[::1]:443'],
  ['10.0.0.1', 'https://10.0.0.1:443'],
])('the address of the API server is %s', (host, address) => {
  expect(podAccount({ KUBERNETES_SERVICE_HOST: host }, folder).target.server).toBe(address);
});

it.each([
  ['no Pod', {}, 'this process does not run in a Pod'],
  [
    'a Pod without a service account',
    { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
    'cannot read the service account',
  ],
])('of %s it is said', (_, without, why) => {
  expect(() => podAccount(without, join(folder, 'nothing'))).toThrow(why);
});
