import { documentOf } from '../kube/document.ts';
import type { KubeObject } from '../kube/object.ts';
import type { StringMap } from '../pod/kube.ts';
import { MODE_LABEL } from '../pod/labels.ts';
import type { NamespaceFacts } from '../pod/namespace.ts';
import { formatPath, type Keys } from '../source/path.ts';
import { type Beyond, beyond, NAMESPACE_BOUNDS, NODE_BOUNDS } from './bounds.ts';
import { count, type Fields, flag, optionalNumber, optionalText, read, text, textMap } from './fields.ts';
import type { HandlerFacts, NodeFacts, RuntimeClassFacts, Taint, Toleration } from './view.ts';

/** The parts that are used of an object that the API server has checked, so that there are no problems to report. */
export function factsOf<T>(object: KubeObject, read: (fields: Fields) => T | undefined): T | undefined {
  const document = documentOf(object);
  return read({ document, object: document.position.file, problems: [] });
}

/** The parts that are used of a RuntimeClass (node.k8s.io/v1); undefined, with problems, when it has no name or handler. */
export function runtimeClassFacts(fields: Fields): RuntimeClassFacts | undefined {
  const name = text(fields, ['metadata', 'name']);
  const handler = text(fields, ['handler']);
  const overhead = textMap(fields, ['overhead', 'podFixed'], true);
  const nodeSelector = textMap(fields, ['scheduling', 'nodeSelector']);
  const tolerations = each(fields, ['scheduling', 'tolerations'], toleration);
  if (name === undefined || handler === undefined) return undefined;
  const facts = { name, handler, nodeSelector, tolerations };
  return Object.freeze(Object.keys(overhead).length > 0 ? { ...facts, overhead } : facts);
}

/**
 * The parts that are used of a Node (v1); undefined, with a problem, when it has no name. A node that exceeds the bounds has a
 * problem, too, and is otherwise empty, so that no Pod is expected to run there.
 */
export function nodeFacts(fields: Fields): NodeFacts | undefined {
  const name = text(fields, ['metadata', 'name']);
  const more = beyond(fields, NODE_BOUNDS);
  if (more) {
    notRead(fields, more, 'no Pod counts as one that could run there');
    return name === undefined ? undefined : Object.freeze({ ...NOTHING_READ, name, beyond: more.what });
  }
  const labels = textMap(fields, ['metadata', 'labels']);
  const taints = each(fields, ['spec', 'taints'], taint);
  const ready = each(fields, ['status', 'conditions'], readyCondition).includes(true);
  const unschedulable = flag(fields, ['spec', 'unschedulable']);
  const listed = each(fields, ['status', 'runtimeHandlers'], handler);
  if (name === undefined) return undefined;
  // A kubelet that reports handlers reports at least the default one, so an empty list means that it does not report any.
  const handlers = listed.length > 0 ? Object.freeze(listed.filter(isNameable)) : undefined;
  return Object.freeze({ name, labels, taints, ready, unschedulable, handlers });
}

const NOTHING_READ = Object.freeze({
  labels: Object.freeze({}),
  taints: Object.freeze([]),
  ready: false,
  unschedulable: false,
  handlers: Object.freeze([]),
});

/**
 * Whether a class could name the handler, which takes a DNS label (node.k8s.io, ValidateRuntimeClass); a kubelet may report any
 * text.
 */
const isNameable = ({ name }: HandlerFacts): boolean => name.length <= 63;

/**
 * The parts that are used of a Namespace (v1); undefined, with a problem, when it has no name. A namespace that exceeds the
 * bounds has a problem, too, and only its name and the mode by which the API server calls the webhook.
 */
export function namespaceFacts(fields: Fields): NamespaceFacts | undefined {
  const name = text(fields, ['metadata', 'name']);
  const more = beyond(fields, NAMESPACE_BOUNDS);
  if (more) {
    notRead(fields, more, 'every Pod there needs the most isolation there is');
    return name === undefined
      ? undefined
      : Object.freeze({ name, labels: modeAlone(fields), beyond: more.what });
  }
  const labels = textMap(fields, ['metadata', 'labels']);
  if (name === undefined) return undefined;
  return Object.freeze({ name, labels, ...linkerdOf(read(fields.document, LINKERD_INJECT)) });
}

/** The annotation by which a Namespace asks Linkerd for sidecars. https://linkerd.io/2/features/proxy-injection/ */
export const LINKERD_INJECT: Keys = ['metadata', 'annotations', 'linkerd.io/inject'];

export const linkerdOf = (value: unknown): Pick<NamespaceFacts, 'linkerdInject'> =>
  value === 'enabled' || value === 'ingress' ? { linkerdInject: value } : {};

function modeAlone(fields: Fields): StringMap {
  const mode = optionalText(fields, ['metadata', 'labels', MODE_LABEL]);
  return Object.freeze(mode === undefined ? {} : { [MODE_LABEL]: mode });
}

function notRead({ document, object, problems }: Fields, { path, what }: Beyond, so: string): void {
  problems.push({
    severity: 'warning',
    position: document.positionOf(path),
    object,
    path: formatPath(path),
    message: `${what}: nothing of it is read, so ${so}`,
    fix: 'Take some of them away.',
  });
}

function each<T>(fields: Fields, path: Keys, readEntry: (fields: Fields, path: Keys) => T): readonly T[] {
  const length = count(fields, path);
  return Object.freeze(Array.from({ length }, (_, i) => readEntry(fields, [...path, i])));
}

function toleration(fields: Fields, path: Keys): Toleration {
  const seconds = optionalNumber(fields, [...path, 'tolerationSeconds']);
  return Object.freeze({
    ...texts(fields, path, ['key', 'operator', 'value', 'effect']),
    ...(seconds !== undefined && { tolerationSeconds: seconds }),
  });
}

function taint(fields: Fields, path: Keys): Taint {
  const key = text(fields, [...path, 'key']) ?? '';
  const effect = text(fields, [...path, 'effect']) ?? '';
  return Object.freeze({ key, effect, ...texts(fields, path, ['value']) });
}

const readyCondition = (fields: Fields, path: Keys): boolean =>
  optionalText(fields, [...path, 'type']) === 'Ready' && optionalText(fields, [...path, 'status']) === 'True';

/** The default handler has an empty name, which the API leaves out. */
const handler = (fields: Fields, path: Keys): HandlerFacts =>
  Object.freeze({
    name: optionalText(fields, [...path, 'name']) ?? '',
    userNamespaces: flag(fields, [...path, 'features', 'userNamespaces']),
    recursiveReadOnlyMounts: flag(fields, [...path, 'features', 'recursiveReadOnlyMounts']),
  });

/** The strings that are present: an absent one has no key (exactOptionalPropertyTypes). */
function texts<K extends string>(
  fields: Fields,
  path: Keys,
  keys: readonly K[],
): { readonly [key in K]?: string } {
  const found: { [key in K]?: string } = {};
  for (const key of keys) {
    const value = optionalText(fields, [...path, key]);
    if (value !== undefined) found[key] = value;
  }
  return found;
}
