import { readFileSync } from 'node:fs';
import { TLS_CERT } from '../../e2e/support/settings.ts';
import type { KubeObject } from './objects.ts';
import { NAMESPACE } from './pods.ts';

/** A webhook on this machine, with the certificate of this run. */
export interface Hook {
  readonly name: string;
  readonly port: number;
  readonly mutatePath: string;
  readonly validatePath: string;
  /** Whether it wants to be asked again of what others changed. */
  readonly reinvoke: boolean;
}

/** Registers it for new Pods of the namespace, to mutate and to validate. */
export const registrationsOf = (hook: Hook): readonly KubeObject[] => [
  configuration('Mutating', hook, hook.mutatePath, hook.reinvoke ? { reinvocationPolicy: 'IfNeeded' } : {}),
  configuration('Validating', hook, hook.validatePath, {}),
];

const configuration = (kind: string, { name, port }: Hook, path: string, more: object): KubeObject => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: `${kind}WebhookConfiguration`,
  metadata: { name: `bench-${name}` },
  webhooks: [
    {
      name: `${kind.toLowerCase()}.${name}.example.com`,
      clientConfig: {
        url: `https://127.0.0.1:${port}${path}`,
        caBundle: readFileSync(TLS_CERT).toString('base64'),
      },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      timeoutSeconds: 10,
      ...more,
    },
  ],
});
