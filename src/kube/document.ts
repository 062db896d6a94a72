import type { SourceDocument } from '../source/document.ts';
import type { KubeObject } from './object.ts';

/** An object of a cluster as a document; its place is `kind/namespace/name`. */
export function documentOf(object: KubeObject): SourceDocument {
  const metadata = object.metadata as { readonly name?: unknown; readonly namespace?: unknown } | undefined;
  const file = [object.kind, metadata?.namespace, metadata?.name].filter(part => part).join('/');
  const position = Object.freeze({ file });
  return { value: object, position, positionOf: () => position, standing: 'stored' };
}
