import type { PodView } from '../../src/pod/view.ts';

/** CEL expressions, and beside each what it says in plain code; `error` where it fails on the Pod. */
export const PLAIN_RULES: Readonly<
  Record<string, (pod: PodView, namespaceIsKnown: boolean) => boolean | 'error'>
> = {
  'size(object.spec.containers) > 1': ({ spec }) => (spec.containers ?? []).length > 1,
  "object.metadata.labels['nobody'] == 'x'": () => 'error',
  "object.metadata.labels['app'] == 'x'": ({ labels }) => (labels.app ? labels.app === 'x' : 'error'),
  'namespaceObject == null': (_, namespaceIsKnown) => !namespaceIsKnown,
  "object.spec.containers.exists(c, c.image == 'nginx')": ({ spec }) =>
    (spec.containers ?? []).some(({ image }) => image === 'nginx'),
};
