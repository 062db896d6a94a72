import type { V1MutatingWebhook, V1RuleWithOperations, V1ValidatingWebhook } from '@kubernetes/client-node';
import type { Loose } from '../pod/kube.ts';
import { compileSelector, type LabelSelector, type Matcher, selects } from '../policy/selector.ts';

/** The name of the Service that the webhooks call, and of its certificate where cert-manager issues it. */
export const SERVICE = 'cofferdam';

/** One entry of a webhook configuration, with the API server's defaults filled in. */
export interface Registration {
  readonly kind: 'mutating' | 'validating';
  /** The name of the configuration; mutating webhooks are called in the order of these. */
  readonly configuration: string;
  /** The name of the entry. */
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly failurePolicy: string;
  readonly matchPolicy: string;
  readonly sideEffects: string;
  readonly reinvocationPolicy: string;
  readonly caBundle: string | undefined;
  /** `namespace/name` of the Certificate from which cert-manager's cainjector takes the CA; undefined where none is named. */
  readonly caFrom: string | undefined;
  /** The name of the Service that is called; undefined where it is a URL. */
  readonly service: string | undefined;
  /** The namespace of the Service that is called; undefined where it is a URL. */
  readonly serviceNamespace: string | undefined;
  /** The last part of the path that is called, which for this project's entries is the mode. */
  readonly mode: string | undefined;
  readonly rules: readonly Loose<V1RuleWithOperations>[];
  /** Whether it reaches a Namespace with these labels. */
  readonly reaches: Matcher;
  /** True when it is also selected by labels of the object. */
  readonly selectsObjects: boolean;
}

interface Configuration {
  readonly metadata?: {
    readonly name?: string | null;
    readonly annotations?: Readonly<Record<string, string | null | undefined>> | null;
  } | null;
  readonly webhooks?: readonly Loose<V1MutatingWebhook & V1ValidatingWebhook>[] | null;
}

export const registrationsOf = (
  configurations: readonly Configuration[],
  kind: Registration['kind'],
): readonly Registration[] =>
  configurations.flatMap(({ metadata, webhooks }) =>
    (webhooks ?? []).map(webhook => registrationOf(webhook, metadata, kind)),
  );

/** https://cert-manager.io/docs/concepts/ca-injector/ */
const CA_FROM = 'cert-manager.io/inject-ca-from';

/** Defaults: k8s.io/kubernetes pkg/apis/admissionregistration/v1/defaults.go. */
function registrationOf(
  webhook: Loose<V1MutatingWebhook & V1ValidatingWebhook>,
  metadata: Configuration['metadata'],
  kind: Registration['kind'],
): Registration {
  const { service, url, caBundle } = webhook.clientConfig ?? {};
  const path = service?.path ?? (url ? pathOf(url) : undefined);
  return {
    kind,
    configuration: metadata?.name ?? '',
    name: webhook.name ?? '',
    timeoutSeconds: webhook.timeoutSeconds ?? 10,
    failurePolicy: webhook.failurePolicy ?? 'Fail',
    matchPolicy: webhook.matchPolicy ?? 'Equivalent',
    sideEffects: webhook.sideEffects ?? '',
    reinvocationPolicy: webhook.reinvocationPolicy ?? 'Never',
    caBundle: caBundle || undefined,
    caFrom: metadata?.annotations?.[CA_FROM] ?? undefined,
    service: service?.name ?? undefined,
    serviceNamespace: service?.namespace ?? undefined,
    mode: path?.split('/').at(-1),
    rules: webhook.rules ?? [],
    reaches: compileSelector(webhook.namespaceSelector as LabelSelector | undefined),
    selectsObjects: selects(webhook.objectSelector as LabelSelector | undefined),
  };
}

const pathOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).pathname : undefined);

/** Whether an entry belongs to this project, by its name. */
export const isOwn = ({ name }: Registration): boolean => name.endsWith('.cofferdam.dev');

/** The namespaces of this project's Service that these entries call. */
export const homesOf = (own: readonly Registration[]): readonly string[] => [
  ...new Set(
    own
      .filter(({ service }) => service === SERVICE)
      .flatMap(({ serviceNamespace }) => serviceNamespace ?? []),
  ),
];

/** True when the entry is called for this operation on Pods or one of their subresources (`pods/resize`). */
export const isCalledFor = ({ rules }: Registration, operation: string, resource: string): boolean =>
  rules.some(
    rule =>
      has(rule.apiGroups, ['', '*']) &&
      has(rule.operations, [operation, '*']) &&
      has(rule.resources, resource.includes('/') ? [resource, 'pods/*', '*/*'] : [resource, '*', '*/*']),
  );

const has = (list: readonly string[] | null | undefined, any: readonly string[]): boolean =>
  (list ?? []).some(item => any.includes(item));

export const callName = ({ kind, configuration, name }: Registration): string =>
  `${kind} webhook "${name}" of "${configuration}"`;
