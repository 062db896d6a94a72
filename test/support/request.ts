import type { DecisionRequest } from '../../src/decision/decision.ts';
import type { Pod } from '../../src/pod/kube.ts';
import type { NamespaceFacts } from '../../src/pod/namespace.ts';

/** The time at which the tests take place. */
export const NOW = Date.parse('2026-11-24T00:00:00Z');

export const namespaceOf = (labels: Record<string, string> = {}, name = 'shop'): NamespaceFacts => ({
  name,
  labels: { 'kubernetes.io/metadata.name': name, ...labels },
});

/** An ordinary user creates the Pod in namespace `shop`. */
export const createOf = (pod: Pod, more: Partial<DecisionRequest> = {}): DecisionRequest => ({
  operation: 'CREATE',
  subresource: '',
  userInfo: { username: 'someone', groups: ['system:authenticated'] },
  pod,
  namespaceName: 'shop',
  namespace: namespaceOf(),
  ...more,
});

/** An ordinary user changes the stored Pod. */
export const updateOf = (
  oldPod: Pod | undefined,
  pod: Pod,
  more: Partial<DecisionRequest> = {},
): DecisionRequest => createOf(pod, { operation: 'UPDATE', oldPod, ...more });
