import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as client from '@kubernetes/client-node';
import { type Connection, connectionOf } from '../../src/kube/connect.ts';

interface Stored {
  readonly kind?: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface Event {
  readonly version: number;
  readonly type: string;
  readonly object: object;
}

interface Collection {
  readonly objects: Map<string, Stored>;
  events: Event[];
  readonly watches: Set<ServerResponse>;
}

export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
}

const PATHS: Readonly<Record<string, string>> = {
  RuntimeClass: '/apis/node.k8s.io/v1/runtimeclasses',
  Node: '/api/v1/nodes',
  Namespace: '/api/v1/namespaces',
  Pod: '/api/v1/pods',
  ClusterSandboxPolicy: '/apis/cofferdam.dev/v1alpha1/clustersandboxpolicies',
  SandboxPolicy: '/apis/cofferdam.dev/v1alpha1/sandboxpolicies',
  SandboxExemption: '/apis/cofferdam.dev/v1alpha1/sandboxexemptions',
  SandboxProfile: '/apis/cofferdam.dev/v1alpha1/sandboxprofiles',
};

/**
 * As much of an API server as informers need: lists in pages, watches from a version, 410 Gone for a version that was compacted
 * away, single GETs, and PATCH, which is only recorded. Tests break it in every way in which a real one breaks.
 */
export class FakeApiServer {
  readonly calls: Call[] = [];
  /** Answers in place of the server; undefined lets it answer itself. */
  intercept: (call: Call, response: ServerResponse) => boolean = () => false;
  #server: Server = createServer();
  #port = 0;
  #version = 100;
  #compacted = 0;
  readonly #collections = new Map<string, Collection>(
    Object.values(PATHS).map(path => [path, { objects: new Map(), events: [], watches: new Set() }]),
  );

  /** Starts the server; after a stop, on the port that it had before. */
  async start(): Promise<void> {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Stops the server like a killed process: every connection is reset. */
  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  kubeconfig(): string {
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'fake',
          cluster: { server: `http://127.0.0.1:${this.#port}`, 'insecure-skip-tls-verify': true },
        },
      ],
      users: [{ name: 'test', user: {} }],
      contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'test' } }],
      'current-context': 'fake',
    });
  }

  connection(): Connection {
    const config = new client.KubeConfig();
    config.loadFromString(this.kubeconfig());
    return connectionOf(config);
  }

  put(kind: string, object: object): void {
    const { metadata, ...rest } = object as Stored;
    const collection = this.#collection(kind);
    const key = `${metadata.namespace ?? ''}/${metadata.name}`;
    const type = collection.objects.has(key) ? 'MODIFIED' : 'ADDED';
    const stored = { ...rest, metadata: { ...metadata, resourceVersion: String(++this.#version) } };
    collection.objects.set(key, stored);
    this.#tell(collection, type, stored);
  }

  remove(kind: string, name: string, namespace = ''): void {
    const collection = this.#collection(kind);
    const object = collection.objects.get(`${namespace}/${name}`);
    if (!object || !collection.objects.delete(`${namespace}/${name}`)) throw new Error(`there is no ${name}`);
    const metadata = { ...object.metadata, resourceVersion: String(++this.#version) };
    this.#tell(collection, 'DELETED', { ...object, metadata });
  }

  /** Writes a line into every open watch of the kind. */
  say(kind: string, line: string): void {
    for (const watch of this.#collection(kind).watches) watch.write(`${line}\n`);
  }

  bookmark(kind: string): string {
    const resourceVersion = String(++this.#version);
    this.say(kind, JSON.stringify({ type: 'BOOKMARK', object: { kind, metadata: { resourceVersion } } }));
    return resourceVersion;
  }

  /** Ends the watches of a kind, in good order or as if the connection broke. */
  cut(kind: string, how: 'end' | 'reset'): void {
    const { watches } = this.#collection(kind);
    for (const watch of watches) how === 'end' ? watch.end() : watch.destroy();
    watches.clear();
  }

  /** Compacts as etcd does: no watch can go on from a version up to now. */
  compact(): void {
    this.#compacted = this.#version;
    for (const collection of this.#collections.values()) collection.events = [];
  }

  watches(kind: string): number {
    return this.#collection(kind).watches.size;
  }

  /** The queries of all watches of a kind that clients asked for, in order. */
  asked(kind: string): readonly URLSearchParams[] {
    return this.calls
      .filter(({ url }) => url.pathname === PATHS[kind] && url.searchParams.has('watch'))
      .map(({ url }) => url.searchParams);
  }

  lists(kind: string): number {
    return this.calls.filter(({ url }) => url.pathname === PATHS[kind] && !url.searchParams.has('watch'))
      .length;
  }

  #collection(kind: string): Collection {
    const found = this.#collections.get(PATHS[kind] ?? '');
    if (!found) throw new Error(`there is no kind ${kind}`);
    return found;
  }

  #tell(collection: Collection, type: string, object: object): void {
    collection.events.push({ version: this.#version, type, object });
    for (const watch of collection.watches) watch.write(`${JSON.stringify({ type, object })}\n`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://fake');
    let text = '';
    for await (const chunk of request) text += chunk;
    const call = { method: request.method ?? '', url, body: text === '' ? undefined : JSON.parse(text) };
    this.calls.push(call);
    if (this.intercept(call, response)) return;
    if (call.method === 'PATCH') return send(response, 200, {});
    const collection = this.#collections.get(url.pathname);
    if (!collection) return this.#single(url, response);
    if (url.searchParams.has('watch')) return this.#watch(collection, url, response);
    this.#page(collection, url, response);
  }

  #single(url: URL, response: ServerResponse): void {
    const cut = url.pathname.lastIndexOf('/');
    const name = decodeURIComponent(url.pathname.slice(cut + 1));
    const object = this.#collections.get(url.pathname.slice(0, cut))?.objects.get(`/${name}`);
    if (object) send(response, 200, object);
    else send(response, 404, status(404, `"${name}" not found`));
  }

  #page({ objects }: Collection, url: URL, response: ServerResponse): void {
    const all = [...objects.values()];
    const from = Number(url.searchParams.get('continue') ?? 0);
    const to = from + Number(url.searchParams.get('limit') ?? all.length);
    const metadata = {
      resourceVersion: String(this.#version),
      ...(to < all.length && { continue: String(to), remainingItemCount: all.length - to }),
    };
    send(response, 200, { ...headerOf(url.pathname), metadata, items: all.slice(from, to) });
  }

  #watch({ events, watches }: Collection, url: URL, response: ServerResponse): void {
    const from = Number(url.searchParams.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (from < this.#compacted) {
      response.end(`${JSON.stringify({ type: 'ERROR', object: status(410, 'too old resource version') })}\n`);
      return;
    }
    watches.add(response);
    response.on('close', () => watches.delete(response));
    for (const { version, type, object } of events) {
      if (version > from) response.write(`${JSON.stringify({ type, object })}\n`);
    }
  }
}

/** The items of a list do not carry their kind; the list does. */
const headerOf = (path: string) => ({
  apiVersion: path.replace(/^\/apis?\/(.+)\/\w+$/, '$1'),
  kind: `${Object.keys(PATHS).find(kind => PATHS[kind] === path)}List`,
});

const status = (code: number, message: string) => ({
  apiVersion: 'v1',
  kind: 'Status',
  status: 'Failure',
  code,
  message,
});

export function send(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
