import { isMap } from '../source/mapping.ts';

/** The workload that a template belongs to. */
export interface Owner {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** The fields of its owner that a Pod gets. */
export type Named = Pick<Owner, 'name' | 'namespace'>;

/**
 * The Pod as its controller makes it: with the template's labels, annotations and finalizers, the owner's namespace, and a
 * generated name.
 */
export function podOf(template: unknown, { name, namespace }: Named): unknown {
  if (!isMap(template)) return template;
  const metadata = template.metadata ?? {};
  if (!isMap(metadata)) return { metadata, spec: template.spec };
  const { labels, annotations, finalizers } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(name && { generateName: `${name.replaceAll('/', '-')}-` }),
      namespace,
      labels,
      annotations,
      finalizers,
    },
    spec: template.spec,
  };
}
