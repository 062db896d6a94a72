import { ApiException, type V1Pod } from '@kubernetes/client-node';
import { core } from './client.ts';
import { kubectl, kubectlOk } from './kubectl.ts';
import { poll } from './poll.ts';
import { E2E_LABEL } from './settings.ts';

const labels = { [E2E_LABEL]: 'true' };

/** A guard under a name of its own, which warns, in one namespace alone. */
export const guardItems = (
  guard: object,
  name: string,
  namespace: string,
  action: 'Warn' | 'Deny' = 'Warn',
) => {
  const { metadata, ...rest } = guard as { readonly metadata: object };
  return [
    { ...rest, metadata: { ...metadata, name, labels } },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name, labels },
      spec: {
        policyName: name,
        validationActions: [action],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
      },
    },
  ];
};

/** Server-side: what client-side apply notes down of an object may not be as large as a guard is. */
export const applyAll = (items: readonly object[]): Promise<string> =>
  kubectlOk(['apply', '--server-side', '--force-conflicts', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'List',
    items,
  });

/** What the API server makes of a request: the Pod as it would be stored, with the warnings, or its refusal. */
export type Asked =
  | { readonly pod: V1Pod; readonly warnings: readonly string[] }
  | { readonly refused: string };

export async function ask(
  request: () => Promise<{ readonly headers: object; readonly data: V1Pod }>,
): Promise<Asked> {
  try {
    const { headers, data } = await request();
    return { pod: data, warnings: warningsOf(headers) };
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    const body: unknown = typeof error.body === 'string' ? JSON.parse(error.body) : error.body;
    return { refused: (body as { message: string }).message };
  }
}

/** Of the guard alone: the API server warns of other things, too. */
function warningsOf(headers: object): readonly string[] {
  const [, value = ''] = Object.entries(headers).find(([key]) => key.toLowerCase() === 'warning') ?? [];
  return [
    ...String(value).matchAll(
      /Validation failed for ValidatingAdmissionPolicy '[^']*' with binding '[^']*': (.*?)(?:"(?:,|$))/g,
    ),
  ].map(([, said = '']) => said.replaceAll('\\"', '"'));
}

export const askToCreate = (pod: V1Pod): Promise<Asked> =>
  ask(() =>
    core.createNamespacedPodWithHttpInfo({
      namespace: pod.metadata?.namespace ?? '',
      body: pod,
      dryRun: 'All',
    }),
  );

/** Waits until the guard is in force: it warns of a Pod that no class contains. */
export const inForce = (namespace: string): Promise<unknown> =>
  poll(`the guard of ${namespace} is in force`, async () => {
    const probe = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'probe', namespace },
      spec: { hostPID: true, containers: [{ name: 'a', image: 'a' }] },
    };
    const asked = await askToCreate(probe);
    return 'refused' in asked || asked.warnings.length > 0 ? asked : undefined;
  });

export const remove = (kind: string, ...names: string[]): Promise<unknown> =>
  kubectl(['delete', kind, '--ignore-not-found', '--wait=false', ...names]);
