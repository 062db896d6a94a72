import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf } from './measure.ts';
import { originOf } from './walked.ts';

/** What a rule sees of the Namespace. The API server hands over all of it (CreateNamespaceObject in plugin/cel/condition.go). */
const SEEN = ['namespaceObject.metadata.name', 'namespaceObject.metadata.labels'];

/** Whether an expression reads anything else of the Namespace, annotations say: absent here, and there it may be set. */
export const readsUnseen = (node: ASTNode): boolean =>
  (originOf(node, new Map())?.paths ?? []).some(isUnseen) || childrenOf(node).some(readsUnseen);

const isUnseen = (path: string): boolean =>
  path.startsWith('namespaceObject.') &&
  !SEEN.some(seen => seen.startsWith(`${path}.`) || /^($|[.[])/.test(path.replace(seen, '')));
