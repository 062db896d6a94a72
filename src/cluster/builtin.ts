import { readFileSync } from 'node:fs';
import { readDocuments } from '../source/yaml.ts';
import { readCluster } from './static.ts';
import type { ClusterView } from './view.ts';

const FILE = new URL('../../policies/runtimeclasses.yaml', import.meta.url);

let view: ClusterView | undefined;

/**
 * The view that stands in when no cluster was given: the RuntimeClasses that are well known, and nothing about nodes
 * or namespaces. Read when first called.
 * @throws Error when the file is missing or broken: the installation is broken
 */
export function builtinView(): ClusterView {
  view ??= load();
  return view;
}

function load(): ClusterView {
  const read = readDocuments(readFileSync(FILE, 'utf8'), 'policies/runtimeclasses.yaml');
  const cluster = readCluster(read.documents, true);
  const problem = [...read.problems, ...cluster.problems][0];
  if (problem) {
    throw new Error(`${problem.position.file}:${problem.position.line}: ${problem.path}: ${problem.message}`);
  }
  return cluster.view;
}
