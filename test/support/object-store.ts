import type { ServerResponse } from 'node:http';
import { type Call, send } from './api-server.ts';

interface Stored {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Record<string, string>;
  };
}

/** Namespaced objects of an API group, which can be written as an API server allows it: by version, and only once created. */
export class ObjectStore {
  readonly objects = new Map<string, Stored>();
  readonly writes: string[] = [];
  /** The value is false for a kind that the cluster does not have. */
  served = true;
  readonly #group: string;
  readonly #plural: string;
  #version = 0;

  /** @param group such as `/apis/coordination.k8s.io/v1` */
  constructor(group: string, plural: string) {
    this.#group = group;
    this.#plural = plural;
  }

  get(namespace: string, name = 'cofferdam'): unknown {
    return this.objects.get(`${namespace}/${name}`);
  }

  /** Answers for `FakeApiServer.intercept`; returns false where the call is about something else. */
  answer({ method, url, body }: Call, response: ServerResponse): boolean {
    if (!url.pathname.startsWith(`${this.#group}/`)) return false;
    const [, namespace, plural, name] = /(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?$/.exec(
      url.pathname.slice(this.#group.length),
    ) as unknown as string[];
    const [code, object] =
      this.served && plural === this.#plural
        ? this.#do(method, namespace ?? '', name, body as Stored)
        : ([404, { message: '404 page not found' }] as const);
    send(response, code, object);
    return true;
  }

  #do(method: string, namespace: string, name: string | undefined, body: Stored): readonly [number, object] {
    if (method === 'POST') return this.#create(namespace, body);
    if (name === undefined) return [200, { kind: 'List', metadata: {}, items: [...this.objects.values()] }];
    const key = `${namespace}/${name}`;
    const stored = this.objects.get(key);
    if (!stored) return [404, { message: `"${name}" not found` }];
    if (method === 'GET') return [200, stored];
    if (method === 'PUT') return this.#replace(key, stored, body);
    this.writes.push(`DELETE ${key}`);
    this.objects.delete(key);
    return [200, {}];
  }

  #create(namespace: string, body: Stored): readonly [number, object] {
    const key = `${namespace}/${body.metadata.name}`;
    if (this.objects.has(key)) return [409, { message: 'already exists' }];
    return this.#put('POST', key, body);
  }

  #replace(key: string, stored: Stored, body: Stored): readonly [number, object] {
    const same = versionOf(stored) === versionOf(body);
    return same ? this.#put('PUT', key, body) : [409, { message: 'the object has been modified' }];
  }

  #put(method: string, key: string, body: Stored): readonly [number, object] {
    this.writes.push(`${method} ${key}`);
    const metadata = { ...body.metadata, resourceVersion: String(++this.#version) };
    const object = { ...body, metadata };
    this.objects.set(key, object);
    return [200, object];
  }
}

const versionOf = ({ metadata }: Stored): unknown =>
  (metadata as Readonly<Record<string, unknown>>).resourceVersion;
