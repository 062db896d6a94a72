import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf } from './measure.ts';
import { originOf } from './walked.ts';

/**
 * The parts of the Namespace that a rule sees here. The API server provides all of it (CreateNamespaceObject in
 * plugin/cel/condition.go).
 */
const SEEN = ['namespaceObject.metadata.name', 'namespaceObject.metadata.labels'];

/** Whether an expression reads another part of the Namespace, such as annotations: it is absent here, but may be set there. */
export const readsUnseen = (node: ASTNode): boolean =>
  (originOf(node, new Map())?.paths ?? []).some(isUnseen) || childrenOf(node).some(readsUnseen);

const isUnseen = (path: string): boolean =>
  path.startsWith('namespaceObject.') &&
  !SEEN.some(seen => seen.startsWith(`${path}.`) || /^($|[.[])/.test(path.replace(seen, '')));
