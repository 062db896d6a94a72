import { documentOf } from '../kube/document.ts';
import type { KubeObject } from '../kube/object.ts';
import { namespacesRead, notRead, standIn } from '../policy/share.ts';
import { strongest } from '../profiles/isolation.ts';
import type { Problem, SourceDocument } from '../source/document.ts';
import { isMap } from '../source/mapping.ts';
import { conditionsIn, standingOf, weightOf } from './live-object.ts';

/** An object that was listed, without its status, except for what that says about the object. */
export function listedDocument({ status, ...object }: KubeObject): SourceDocument {
  const generation = isMap(object.metadata) ? object.metadata.generation : undefined;
  return { ...documentOf(object), standing: standingOf(conditionsIn(status), generation) };
}

/**
 * The documents to compile for listed policies, exemptions and profiles, like `documents` of `LiveObjects`.
 * @returns these, and what to report about namespaces that have more than their share
 */
export function listedDocuments(objects: readonly KubeObject[]): {
  readonly documents: readonly SourceDocument[];
  readonly problems: readonly Problem[];
} {
  const byNamespace = Map.groupBy(objects, namespaceOfPolicy);
  byNamespace.delete(undefined);
  const weights = new Map(
    Array.from(byNamespace, ([namespace = '', some]) => [namespace, some.map(weightOf)] as const),
  );
  const loads = Array.from(weights, ([namespace, some]) => {
    const bytes = some.reduce((sum, one) => sum + one.bytes, 0);
    return [namespace, { policies: some.length, bytes }] as const;
  });
  const read = namespacesRead(new Map(loads));
  const over = Array.from(weights).filter(([namespace]) => !read.has(namespace));
  const most = over.map(
    ([namespace, some]) => [namespace, some.map(one => one.most).reduce(strongest)] as const,
  );
  const isRead = (object: KubeObject): boolean => {
    const namespace = namespaceOfPolicy(object);
    return namespace === undefined || read.has(namespace);
  };
  return {
    documents: [...objects.filter(isRead).map(listedDocument), ...most.map(one => standIn(...one))],
    problems: most.map(one => notRead(...one)),
  };
}

const namespaceOfPolicy = ({ kind, metadata }: KubeObject): string | undefined =>
  kind === 'SandboxPolicy' && isMap(metadata) ? String(metadata.namespace) : undefined;
