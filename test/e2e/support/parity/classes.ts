import type { RuntimeClassFacts, Toleration } from '../../../../src/cluster/view.ts';
import { named, OWN } from './names.ts';

interface Adding {
  readonly overhead?: { readonly podFixed: Readonly<Record<string, string>> };
  readonly scheduling?: {
    readonly nodeSelector: Readonly<Record<string, string>>;
    readonly tolerations?: readonly Toleration[];
  };
}

const KATA = { 'katacontainers.io/kata-runtime': 'true' };
const VM = { overhead: { podFixed: { memory: '130Mi', cpu: '250m' } }, scheduling: { nodeSelector: KATA } };
/** The generators' classes by their handlers, with overhead and scheduling of each kind; `gone` and `nonsense` do not exist. */
export const CLASSES: readonly (readonly [string, string, Adding?])[] = [
  ['gvisor', 'runsc', { overhead: { podFixed: { memory: '32Mi' } } }],
  ['gvisor-next', 'unheard-of', { scheduling: { nodeSelector: { zone: 'a' } } }],
  [
    'kata-qemu',
    'kata-qemu',
    { ...VM, scheduling: { nodeSelector: KATA, tolerations: [{ key: 'sandbox', operator: 'Exists' }] } },
  ],
  ['kata', 'kata', VM],
  ['kata-qemu-snp', 'kata-qemu-snp'],
  ['kata-debug', 'kata-qemu-debug'],
  ['runc', 'runc'],
  ['fake-gvisor', 'runc'],
];

export const classObject = ([name, handler, more]: (typeof CLASSES)[number]) => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name: named(name), labels: { [OWN]: 'true' } },
  handler,
  ...more,
});

/** @param name the name that the cluster has for it */
export function classFacts(name: string): RuntimeClassFacts | undefined {
  const found = CLASSES.find(([own]) => named(own) === name);
  if (!found) return undefined;
  const [, handler, { overhead, scheduling } = {}] = found;
  return {
    name,
    handler,
    nodeSelector: scheduling?.nodeSelector ?? {},
    tolerations: scheduling?.tolerations ?? [],
    ...(overhead && { overhead: overhead.podFixed }),
  };
}
