import type { Api } from '../../kube/api.ts';
import { hasStatus } from '../../kube/error.ts';
import { isNamed, type NamedObject } from '../../kube/object.ts';
import { readObject } from '../../kube/object-text.ts';
import { MOST_VALUES } from '../../kube/resources.ts';
import { isNamespaceName, type NamespaceFacts } from '../../pod/namespace.ts';

/** A part of the webhook's time limit of some 2 s, so that the decision is still made in time. */
const TIMEOUT_MS = 500;
/** The time by which the watch has brought the namespace. */
const FOUND_MS = 2000;
/** An object with some labels, annotations of at most 256 KiB, and the history of its fields. */
const MOST_BYTES = 1024 * 1024;
/** Long enough for a burst of Pods, and short enough for a namespace that may be created at any moment. */
const MISSED_MS = 250;

export interface NamespaceFinder {
  /** A namespace that was found a moment ago. */
  recent(name: string): NamespaceFacts | undefined;
  /** Asks the API server; undefined where the namespace does not exist, or there is no answer in time. */
  find(name: string): Promise<NamespaceFacts | undefined>;
}

/**
 * Makes the one call that a request may wait for: for a namespace that the watch has not brought yet, as after `kubectl create
 * namespace` and `kubectl apply` in one breath. Requests for the same name share a call and its answer.
 */
export function namespaceFinder(
  api: Api,
  factsOf: (object: NamedObject) => NamespaceFacts | undefined,
  failed: (error: unknown) => void,
): NamespaceFinder {
  const calls = new Map<string, Promise<NamespaceFacts | undefined>>();
  const found = new Map<string, NamespaceFacts>();
  const ask = async (name: string): Promise<NamespaceFacts | undefined> => {
    // A made-up review may contain any name.
    if (!isNamespaceName(name)) return undefined;
    try {
      const path = `/api/v1/namespaces/${encodeURIComponent(name)}`;
      const text = await api.bytes({ path, timeoutMs: TIMEOUT_MS, mostBytes: MOST_BYTES });
      const object = readObject(text, MOST_VALUES);
      return isNamed(object) ? factsOf(object) : undefined;
    } catch (error) {
      // It is unknown either way, and the decision then fails closed.
      if (!hasStatus(error, 404)) failed(error);
      return undefined;
    }
  };
  const forget = (name: string): void => {
    calls.delete(name);
    found.delete(name);
  };
  const remember = (name: string, facts: NamespaceFacts | undefined): NamespaceFacts | undefined => {
    if (facts) found.set(name, facts);
    setTimeout(forget, facts ? FOUND_MS : MISSED_MS, name).unref();
    return facts;
  };
  return {
    recent: name => found.get(name),
    find: name => {
      const call = calls.get(name) ?? ask(name).then(facts => remember(name, facts));
      calls.set(name, call);
      return call;
    },
  };
}
