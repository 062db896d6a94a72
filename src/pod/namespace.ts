import type { StringMap } from './kube.ts';

const NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Whether an API server accepts it as the name of a namespace (core validation, ValidateNamespaceName). */
export const isNamespaceName = (text: string): boolean => NAME.test(text);

/** What decisions, policies and rules see of a Pod's namespace. */
export interface NamespaceFacts {
  readonly name: string;
  readonly labels: StringMap;
  /** The annotation `linkerd.io/inject` if it asks for a sidecar. A review looks at it, and no decision does. */
  readonly linkerdInject?: string;
  /** Set where a namespace has more than is read of one: why the other labels are missing. It counts as unknown. */
  readonly beyond?: string;
  /** Set if only its name is known, and it was assumed to have no labels. */
  readonly assumed?: true;
}
