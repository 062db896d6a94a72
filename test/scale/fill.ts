/** Creates the objects of a large cluster in the cluster of KUBECONFIG, kind after kind; it takes some minutes. run.sh uses it. */
import process from 'node:process';
import { namespaces, nodes, pods, policies, runtimeClasses, SIZE } from './objects.ts';
import { startWriter } from './writer.ts';

const CONNECTIONS = 48;

const kinds = {
  RuntimeClasses: runtimeClasses(),
  nodes: nodes(SIZE.nodes),
  namespaces: namespaces(SIZE.namespaces),
  policies: policies(SIZE.policies),
  Pods: pods(SIZE.pods),
};
const writer = await startWriter(CONNECTIONS);
try {
  for (const [kind, made] of Object.entries(kinds)) {
    const begin = performance.now();
    const left = made.values();
    const worker = async (): Promise<void> => {
      for (const { path, object } of left) await writer.post(path, object);
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
    const seconds = ((performance.now() - begin) / 1000).toFixed(0);
    process.stderr.write(`      created ${made.length} ${kind} in ${seconds} s\n`);
  }
} finally {
  writer.close();
}
