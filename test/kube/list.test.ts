import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Api, ApiCall } from '../../src/kube/api.ts';
import { connect } from '../../src/kube/connect.ts';
import { type ListOptions, listAll, pagesOf } from '../../src/kube/list.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { type ApiServer, type Collections, startApiServer, status } from '../support/kube-server.ts';
import { type Waits, withoutWaiting } from '../support/without-waiting.ts';

let server: ApiServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function apiOf(collections: Collections, answer?: Parameters<typeof startApiServer>[1]) {
  server = await startApiServer(collections, answer);
  return (await connect({ kubeconfig: server.kubeconfig })).api;
}

const list = (api: Api, options: Partial<ListOptions<KubeObject>> = {}) =>
  listAll(api, '/api/v1/pods', { limit: 500, keep: object => object, ...options });

const pods = Array.from({ length: 1201 }, (_, i) => ({ metadata: { name: `p${i}`, namespace: 'a' } }));

describe('a list', () => {
  it('comes in pages, whose items get the kind of the list', async () => {
    const api = await apiOf({ '/api/v1/pods': pods });
    const seen: [number, number][] = [];
    const found = await list(api, { onPage: (done, total) => seen.push([done, total]) });
    expect(found).toHaveLength(1201);
    expect(found[1200]).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p1200', namespace: 'a' },
    });
    expect(seen).toEqual([
      [20, 1201],
      [100, 1201],
      [420, 1201],
      [920, 1201],
      [1201, 1201],
    ]);
    expect(server?.requests.map(({ path }) => path)).toEqual([
      '/api/v1/pods?limit=20',
      '/api/v1/pods?limit=80&continue=20',
      '/api/v1/pods?limit=320&continue=100',
      '/api/v1/pods?limit=500&continue=420',
      '/api/v1/pods?limit=500&continue=920',
    ]);
  });

  it('of large objects comes in small pages, and none of them is held whole', async () => {
    const large = pods
      .slice(0, 60)
      .map((pod, i) => ({ ...pod, spec: { text: 'x'.repeat(i < 40 ? 1_000_000 : 10) } }));
    const api = await apiOf({ '/api/v1/pods': large });
    const answers: number[] = [];
    const bytes: Api['bytes'] = async call => {
      const text = await api.bytes(call);
      answers.push(text.length);
      return text;
    };
    const names = await list(
      Object.assign((call: ApiCall) => api(call), { bytes, lines: api.lines }),
      {
        keep: ({ metadata }) => ({ metadata }),
      },
    );
    expect(names).toHaveLength(60);
    expect(Math.max(...answers)).toBeLessThan(4 * 1024 * 1024);
    expect(server?.requests.map(({ path }) => path).slice(0, 3)).toEqual([
      '/api/v1/pods?limit=20',
      '/api/v1/pods?limit=5',
      '/api/v1/pods?limit=1',
    ]);
  });

  it('holds an object of any size, alone', async () => {
    const api = await apiOf({
      '/api/v1/pods': [pods[0] as object, { ...pods[1], text: 'x'.repeat(9_000_000) }],
    });
    expect(await list(api)).toHaveLength(2);
  });

  it('that outlives the history of etcd is read again from its beginning, once', async () => {
    let times = 1;
    const api = await apiOf({ '/api/v1/pods': pods }, url =>
      url.searchParams.has('continue') && times-- > 0 ? status(410, 'too old') : undefined,
    );
    expect(await list(api)).toHaveLength(1201);
    times = 2;
    await expect(list(api)).rejects.toMatchObject({ status: 410 });
  });

  it('can be of metadata alone', async () => {
    const api = await apiOf({ '/api/v1/pods': [] });
    await list(api, { metadataOnly: true });
    expect(server?.requests[0]?.accept).toContain('as=PartialObjectMetadataList');
  });

  it('keeps what is picked', async () => {
    const api = await apiOf({ '/api/v1/pods': pods.slice(0, 2) });
    const found = await list(api, { keep: ({ kind }) => ({ kind }) });
    expect(found).toEqual([{ kind: 'Pod' }, { kind: 'Pod' }]);
  });

  it('that is refused says why, with its status', async () => {
    const api = await apiOf({ '/api/v1/pods': 403 });
    await expect(list(api)).rejects.toMatchObject({
      name: 'KubeError',
      message: '/api/v1/pods is not for you',
      status: 403,
      request: 'GET /api/v1/pods',
    });
  });
});

it('a list that goes on elsewhere each time that it is asked for comes to an end', async () => {
  let version = 0;
  const api = await apiOf({}, () => ({
    ...status(410, 'too old'),
    metadata: { continue: `in-version-${++version}` },
  }));
  const pages = pagesOf(api, '/api/v1/pods', { limit: 500, resumes: true });
  await expect(pages.next()).rejects.toMatchObject({ status: 410 });
  expect(server?.requests).toHaveLength(2);
});

it('an answer that is no JSON is an error', async () => {
  const api = await apiOf({}, () => ['not', 'an', 'object']);
  await expect(api({ path: '/version' })).rejects.toMatchObject({ name: 'KubeError', status: 200 });
});

describe('a server that is too busy', () => {
  let waits: Waits | undefined;
  afterEach(() => {
    waits?.end();
    waits = undefined;
  });
  const busyFor = (times: number, code: number, retryAfter?: number | string) => {
    let asked = 0;
    return apiOf({ '/api/v1/pods': pods.slice(0, 1) }, () =>
      asked++ < times ? status(code, 'too many requests', retryAfter) : undefined,
    );
  };

  it.each([429, 503])('is asked again when it says to: %i', async code => {
    const api = await busyFor(3, code, 1);
    waits = withoutWaiting();
    expect(await list(api)).toHaveLength(1);
    expect(server?.requests).toHaveLength(4);
  });

  it.each([
    [0, 1000],
    [1, 1000],
    [7, 7000],
    [3600, 10_000],
  ])('is left alone as long as it asks for, and for a second at least: %i', async (asked, waited) => {
    const api = await busyFor(1, 429, asked);
    waits = withoutWaiting();
    expect(await list(api)).toHaveLength(1);
    expect(waits.asked).toEqual([waited]);
  });

  it('is given up after ten times', async () => {
    const api = await busyFor(100, 429, 1);
    waits = withoutWaiting();
    await expect(list(api)).rejects.toMatchObject({
      status: 429,
      message: 'too many requests',
      retryMs: 1000,
    });
    expect(server?.requests).toHaveLength(10);
  });

  it.each([undefined, 'Tue, 24 Nov 2026 00:00:00 GMT'])(
    'is not asked again when it does not say when: %s',
    async after => {
      const api = await busyFor(1, 429, after);
      await expect(list(api)).rejects.toMatchObject({ status: 429 });
      expect(server?.requests).toHaveLength(1);
    },
  );
});

it('a server that is gone is named', async () => {
  const api = await apiOf({});
  await server?.stop();
  server = undefined;
  await expect(api({ path: '/version' })).rejects.toThrow(
    /cannot reach the API server http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/,
  );
});

describe('connecting', () => {
  it('names the contexts that there are', async () => {
    server = await startApiServer({});
    await expect(connect({ kubeconfig: server.kubeconfig, context: 'prod' })).rejects.toThrow(
      'no context "prod"; there is test',
    );
    await expect(connect({ kubeconfig: server.kubeconfig, context: 'tset' })).rejects.toThrow(
      'no context "tset"; did you mean test?',
    );
  });

  it('says that a kubeconfig cannot be read', async () => {
    await expect(connect({ kubeconfig: '/nowhere' })).rejects.toThrow(
      'cannot read the kubeconfig /nowhere: no such file or folder',
    );
  });

  it('says in one line why one is no YAML', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'cofferdam-')), 'kubeconfig');
    writeFileSync(file, 'clusters: [\n');
    await expect(connect({ kubeconfig: file })).rejects.toThrow(/^cannot read the kubeconfig: [^\n]+$/);
    rmSync(dirname(file), { recursive: true });
  });
});
