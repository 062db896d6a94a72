import type {
  V1Container,
  V1EphemeralContainer,
  V1Pod,
  V1PodSpec,
  V1SecurityContext,
  V1Volume,
} from '@kubernetes/client-node';

/**
 * A Kubernetes object as it comes over the wire: every field may be absent or null. Field names and types stay those of the
 * API, so that a misspelt field is a type error.
 */
export type Loose<T> = T extends Date
  ? string
  : T extends (infer U)[]
    ? readonly Loose<U>[]
    : T extends object
      ? { readonly [K in keyof T]?: Loose<NonNullable<T[K]>> | null }
      : T;

export type Pod = Loose<V1Pod>;
export type PodSpec = Loose<V1PodSpec>;
export type Volume = Loose<V1Volume>;
export type SecurityContext = Loose<V1SecurityContext> & {
  /** The client's models do not have this field yet (KEP-5474). */
  readonly cgroupOptions?: { readonly mountMode?: string | null } | null;
};
/** Init, regular and ephemeral containers share all the fields that are read here. */
export type Container = Loose<V1Container & Omit<V1EphemeralContainer, keyof V1Container>>;
/** A map of strings, such as labels, annotations or a nodeSelector. */
export type StringMap = Readonly<Record<string, string>>;
