import { once } from 'node:events';
import {
  ClientRequest,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as client from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Informer } from '../../src/cluster/live/informer.ts';
import { HeldObjects } from '../../src/cluster/live/store.ts';
import { connectionOf } from '../../src/kube/connect.ts';
import { causeOf } from '../../src/kube/error.ts';
import { kubeconfigFor } from '../support/kube-server.ts';
import { settled } from '../support/settled.ts';
import { type Waits, withoutWaiting } from '../support/without-waiting.ts';

/*
An API server, or what stands before it, that is ill in every way that was thought of. Waits take no time here and are written
down: requests a second are those that came, by the time that would have been waited.
*/

type Answer = (request: { readonly url: URL; readonly nth: number }, response: ServerResponse) => void;

const PATH = '/api/v1/namespaces';
const item = (name: string, resourceVersion: string, labels = {}) => ({
  metadata: { name, resourceVersion, labels },
});
const listOf = (version: string, ...items: object[]) => ({
  kind: 'NamespaceList',
  metadata: { resourceVersion: version },
  items,
});

let server: Server;
let informer: Informer | undefined;
let waits: Waits | undefined;
let told: string[];
beforeEach(() => {
  told = [];
});
afterEach(() => {
  informer?.stop();
  waits?.end();
  waits = undefined;
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

const json = (response: ServerResponse, code: number, body: object, headers = {}): void => {
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
const isWatch = ({ searchParams }: URL): boolean => searchParams.has('watch');

/**
 * Has one kind listed and watched.
 * @returns its store, and what resolves once so many requests have come
 */
async function informed(answer: Answer, more: { readonly mayBeAbsent?: boolean } = {}) {
  let asked = 0;
  let [wanted, reached] = [Number.POSITIVE_INFINITY, (): void => undefined];
  server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '', 'http://any');
    asked++;
    response.on('error', () => undefined);
    answer({ url, nth: asked }, response);
    if (asked >= wanted) reached();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const config = new client.KubeConfig();
  config.loadFromString(kubeconfigFor((server.address() as AddressInfo).port));
  const store = new HeldObjects<object>({
    keep: ({ metadata }) => {
      const { labels } = metadata as { readonly labels?: object | string };
      if (typeof labels === 'string') throw new Error('it cannot be worked with');
      return labels;
    },
    changed: () => undefined,
  });
  waits = withoutWaiting();
  informer = new Informer(
    connectionOf(config),
    { kind: 'Namespace', path: PATH, mostValues: 1000, ...more },
    store,
    {
      failed: error => told.push(`failed: ${causeOf(error)}`),
      recovered: () => told.push('recovered'),
    },
  );
  informer.start();
  const requests = (count: number): Promise<void> => {
    if (asked >= count) return Promise.resolve();
    wanted = count;
    return new Promise(resolve => {
      reached = resolve;
    });
  };
  return { store, requests, asked: () => asked };
}

const secondsWaited = (): number => (waits?.asked ?? []).reduce((sum, ms) => sum + ms, 0) / 1000;

/** A list of one namespace, and then this for each watch. */
const watched =
  (answer: Answer): Answer =>
  (request, response) =>
    isWatch(request.url) ? answer(request, response) : json(response, 200, listOf('10', item('shop', '5')));
const opened = (response: ServerResponse): ServerResponse => {
  response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  return response;
};

const GONE = { kind: 'Status', code: 410, message: 'too old resource version' };
let version = 1000;

const ILL: Readonly<Record<string, Answer>> = {
  'refuses with 500': (_, response) => json(response, 500, { message: 'etcdserver: leader changed' }),
  'refuses with 403': (_, response) => json(response, 403, { message: 'namespaces is forbidden' }),
  'is too busy, and says for a second': (_, response) =>
    json(response, 429, { message: 'busy' }, { 'retry-after': '1' }),
  'is too busy, and says that it may be asked at once': (_, response) =>
    json(response, 429, { message: 'busy' }, { 'retry-after': '0' }),
  'resets each connection': (_, response) => void response.destroy(),
  'breaks off within an object': (_, response) => {
    response
      .writeHead(200, { 'content-length': '1000' })
      .write('{"metadata":{"resourceVersion":"1"},"items":[{');
    setImmediate(() => response.destroy());
  },
  'answers with a page of HTML': (_, response) => void response.writeHead(200).end('<html>Gateway</html>'),
  'answers with what is compressed': (_, response) =>
    void response
      .writeHead(200, { 'content-encoding': 'gzip' })
      .end(gzipSync(JSON.stringify(listOf('1', { x: 'x'.repeat(1_000_000) })))),
  'answers with pages of nothing, which go on': ({ nth }, response) =>
    json(response, 200, { metadata: { resourceVersion: '1', continue: `page-${nth}` }, items: [] }),
  'answers with pages that go in circles': ({ nth }, response) =>
    json(response, 200, {
      metadata: { resourceVersion: '1', continue: `page-${nth % 3}` },
      items: [item('shop', '1')],
    }),
  'says of each page that it is too old': ({ url }, response) =>
    url.searchParams.has('continue')
      ? json(response, 410, GONE)
      : json(response, 200, {
          metadata: { resourceVersion: '1', continue: 'next' },
          items: [item('shop', '1')],
        }),
  'refuses each watch': watched((_, response) => json(response, 500, { message: 'no' })),
  'is too busy to be watched, and says for how long': watched((_, response) =>
    json(response, 429, { message: 'busy' }, { 'retry-after': '1' }),
  ),
  'answers each watch with 410': watched((_, response) => json(response, 410, GONE)),
  'says in each watch that it is too old': watched(
    (_, response) => void opened(response).end(line('ERROR', GONE)),
  ),
  'ends each watch at once': watched((_, response) => void opened(response).end()),
  'ends each watch after an event': watched((_, response) => {
    opened(response).end(line('MODIFIED', item('shop', `${++version}`)));
  }),
  'resets each watch after an event': watched((_, response) => {
    opened(response).write(line('MODIFIED', item('shop', `${++version}`)));
    setImmediate(() => response.destroy());
  }),
  'says in each watch, after an event, that it is too old': watched((_, response) => {
    opened(response).write(line('MODIFIED', item('shop', `${++version}`)));
    response.end(line('ERROR', GONE));
  }),
  'goes back in each watch': watched((_, response) => {
    opened(response).write(line('BOOKMARK', { metadata: { resourceVersion: '9' } }));
  }),
  'answers each watch with HTML': watched((_, response) => void opened(response).end('<html>\n</html>')),
};

describe('by a server that', () => {
  it.each(Object.entries(ILL))('%s, a kind is asked for less than twice a second', async (_, answer) => {
    const { requests } = await informed(answer);
    await requests(60);
    expect(60 / secondsWaited()).toBeLessThan(2);
    // One line of the log, however often it fails.
    expect(told.length).toBeLessThanOrEqual(1);
  });
});

describe('what is known stays known, and is in step again, where a server', () => {
  it.each(Object.entries(ILL))('%s for a while', async (_, ill) => {
    let state: 'well' | 'ill' | 'mended' = 'well';
    let watching: ServerResponse | undefined;
    const { store, requests, asked } = await informed((request, response) => {
      if (state === 'ill') return ill(request, response);
      const labels = { v: state };
      // Any answer tells what happened meanwhile.
      if (!isWatch(request.url)) return json(response, 200, listOf('500000', item('shop', '7', labels)));
      watching = opened(response);
      if (state === 'mended') watching.write(line('MODIFIED', item('shop', '500001', labels)));
    });
    await requests(2);
    await settled(() => watching !== undefined);
    expect(store.get('shop')).toEqual({ v: 'well' });
    state = 'ill';
    watching?.destroy();
    await requests(asked() + 20);
    expect(store.get('shop')).toBeDefined();
    state = 'mended';
    await settled(() => JSON.stringify(store.get('shop')) === '{"v":"mended"}');
  });
});

describe('a server that', () => {
  const MIB = 1024 * 1024;
  /** Writes for ever, until the other side has enough. @returns how much that was */
  const endless = (response: ServerResponse, begin: string) => {
    const piece = Buffer.alloc(MIB, 'x');
    const told = { mib: 0, over: false };
    response.on('close', () => {
      told.over = true;
    });
    const write = (): void => {
      if (told.over || told.mib > 200) return;
      told.mib++;
      if (response.write(piece)) setImmediate(write);
      else response.once('drain', write);
    };
    response.writeHead(200, { 'content-type': 'application/json' }).write(begin);
    write();
    return told;
  };

  it('sends a page without end is cut off, also where it is one of a single object', async () => {
    const answers: ReturnType<typeof endless>[] = [];
    const limits: unknown[] = [];
    const { requests } = await informed(({ url }, response) => {
      limits.push(url.searchParams.get('limit'));
      answers.push(endless(response, '{"metadata":{"resourceVersion":"1"},"items":[{"x":"'));
    });
    await requests(4);
    await settled(() => told.length === 1);
    // Less and less is asked for, and then it is an error. What the kernel had taken is on top.
    expect(limits.slice(0, 4)).toEqual(['20', '5', '1', '20']);
    expect(answers.slice(0, 3).map(({ over }) => over)).toEqual([true, true, true]);
    expect(answers.slice(0, 2).every(({ mib }) => mib < 16)).toBe(true);
    expect(answers[2]?.mib).toBeLessThan(48);
    expect(told).toEqual([`failed: the answer has more than ${32 * MIB} bytes`]);
  });

  it('sends a line without end is cut off', async () => {
    const answers: ReturnType<typeof endless>[] = [];
    const { requests } = await informed(
      watched((_, response) => void answers.push(endless(response, '{"type":"ADDED","object":"'))),
    );
    await requests(3);
    expect(answers[0]?.over).toBe(true);
    expect(answers[0]?.mib).toBeLessThan(48);
    expect(told).toEqual([`failed: the line has more than ${32 * MIB} bytes`]);
  });

  it('never ends a list is given up after half a minute', async () => {
    const asked: number[] = [];
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(ms => {
      asked.push(ms);
      return timeout(30);
    });
    const { requests } = await informed((_, response) => {
      response.writeHead(200).write('{"metadata":{"resourceVersion":"1"},"items":[');
    });
    await requests(2);
    expect(asked[0]).toBe(30_000);
    expect(told).toEqual([expect.stringContaining('no answer within 30 s')]);
  });

  it('is silent, as over a connection that is half open, is asked again after half a minute, from where it was', async () => {
    const silences: number[] = [];
    const { setTimeout } = ClientRequest.prototype;
    vi.spyOn(ClientRequest.prototype, 'setTimeout').mockImplementation(function (
      this: ClientRequest,
      ms,
      then,
    ) {
      silences.push(ms);
      return setTimeout.call(this, 30, then);
    });
    const versions: unknown[] = [];
    const { store, requests } = await informed(
      watched(({ url }, response) => {
        versions.push(url.searchParams.get('resourceVersion'));
        opened(response).write(
          line('BOOKMARK', { metadata: { resourceVersion: String(10 + versions.length) } }),
        );
      }),
    );
    await requests(4);
    expect(new Set(silences)).toEqual(new Set([30_000]));
    expect(versions).toEqual(['10', '11', '12']);
    expect(store.get('shop')).toEqual({});
    expect(told).toEqual([]);
  });

  it('keeps a watch alive and tells nothing is asked again after two minutes', async () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const { requests } = await informed(
      watched((_, response) => {
        opened(response);
        const trickle = setInterval(() => {
          now += 20_000;
          response.write(' ');
        }, 1);
        response.on('close', () => clearInterval(trickle));
      }),
    );
    await requests(3);
    expect(told).toEqual([]);
  });

  it('goes back to an earlier version, as after a backup was restored, is listed anew, and what it has now counts', async () => {
    let restored = false;
    let watching: ServerResponse | undefined;
    const { store } = await informed(({ url }, response) => {
      if (isWatch(url)) {
        watching = opened(response);
        return;
      }
      json(response, 200, restored ? listOf('50', item('old', '40')) : listOf('99', item('new', '98')));
    });
    await settled(() => watching !== undefined);
    restored = true;
    watching?.write(line('BOOKMARK', { metadata: { resourceVersion: '51' } }));
    await settled(() => store.get('old') !== undefined && store.get('new') === undefined);
    expect(told).toEqual(['failed: the watch of /api/v1/namespaces brought version 51 after version 99']);
  });

  it('sends an object that cannot be worked with does not end the process', async () => {
    const { requests } = await informed(
      watched(
        (_, response) =>
          void opened(response).write(
            line('ADDED', { metadata: { name: 'broken', resourceVersion: '11', labels: 'throw' } }),
          ),
      ),
    );
    await requests(3);
    expect(told).toEqual(['failed: it cannot be worked with']);
  });
});

it('a kind that was there is not believed to be gone before it was missing five times', async () => {
  let missing = 0;
  let gone = false;
  const answer: Answer = ({ url }, response) => {
    if (!gone) {
      if (isWatch(url)) watching = opened(response);
      else json(response, 200, listOf('10', item('shop', '5')));
      return;
    }
    missing++;
    kept.push(store.get('shop') !== undefined);
    json(response, 404, { message: '404 page not found' });
  };
  const kept: boolean[] = [];
  let watching: ServerResponse | undefined;
  const { store } = await informed(answer, { mayBeAbsent: true });
  await settled(() => watching !== undefined);
  gone = true;
  watching?.end(line('ERROR', GONE));
  await settled(() => missing > 6);
  expect(kept.slice(0, 5)).toEqual([true, true, true, true, true]);
  expect(store.get('shop')).toBeUndefined();
});
