import { writerTo } from './client.ts';
import { namespaces, nodes, pods, policies, runtimeClasses, SIZE, type Size } from './objects.ts';

const CONNECTIONS = 48;

/** Creates it all, kind after kind; `told` is called after each. */
export async function seed(kubeconfig: string, size: Size, told: (line: string) => void): Promise<void> {
  const writer = await writerTo(kubeconfig, CONNECTIONS);
  const kinds = {
    'runtime classes': runtimeClasses(),
    nodes: nodes(size.nodes),
    namespaces: namespaces(size.namespaces),
    policies: policies(size.policies),
    pods: pods(size.pods, size),
  };
  try {
    for (const [kind, made] of Object.entries(kinds)) {
      const begin = performance.now();
      const left = made.values();
      const worker = async (): Promise<void> => {
        for (const { path, object } of left) await writer.send('POST', path, object);
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, worker));
      const seconds = (performance.now() - begin) / 1000;
      told(`${made.length} ${kind} in ${seconds.toFixed(0)} s`);
    }
  } finally {
    writer.close();
  }
}
if (process.argv[2]) await seed(process.argv[2], SIZE, line => console.log(line));
