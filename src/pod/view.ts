import type { Container, Pod, PodSpec, SecurityContext, StringMap, Volume } from './kube.ts';

export type ContainerKind = 'init' | 'sidecar' | 'container' | 'ephemeral';

/** The result of Kubernetes' `DetermineEffectiveSecurityContext` for the Pod's and the container's settings. */
export interface EffectiveSecurity {
  readonly privileged: boolean;
  readonly allowPrivilegeEscalation: boolean | undefined;
  readonly runAsNonRoot: boolean | undefined;
  readonly runAsUser: number | undefined;
  readonly seccompType: string | undefined;
}

export interface ContainerView {
  readonly kind: ContainerKind;
  readonly name: string;
  readonly image: string;
  /** The container's path, such as `spec.initContainers[0]`. */
  readonly path: string;
  readonly spec: Container;
  /** The container's own securityContext, as written. */
  readonly own: SecurityContext;
  readonly effective: EffectiveSecurity;
}

/** A volume with its path. `implied` is the service-account token volume that the API server will add. */
export interface VolumeView {
  readonly path: string;
  readonly name: string;
  readonly spec: Volume;
  readonly implied: boolean;
}

/** A Pod with resolved defaults and all containers in one list: what signals look at. */
export interface PodView {
  readonly pod: Pod;
  /** The Pod of a manifest as an API server would send it, which rules read. */
  readonly sent?: (() => Pod) | undefined;
  readonly name: string;
  readonly namespace: string;
  readonly namespaceLabels: StringMap;
  readonly labels: StringMap;
  readonly annotations: StringMap;
  readonly spec: PodSpec;
  readonly windows: boolean;
  readonly serviceAccount: string;
  /** Init containers (with sidecars), regular and ephemeral containers, in this order. */
  readonly containers: readonly ContainerView[];
  readonly volumes: readonly VolumeView[];
  /** The results that `perPod` keeps, by the function that computes them. */
  readonly computed: Map<unknown, unknown>;
}

const EMPTY: StringMap = Object.freeze({});
const NONE: SecurityContext = Object.freeze({});
/** Where the token of the Pod's ServiceAccount is mounted. */
export const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * @param pod a Pod that `readPod` accepted
 * @param namespace the request's namespace (the object's own may be empty)
 * @param namespaceLabels labels of the Namespace, empty when unknown
 * @param sent of a manifest, the Pod as an API server would send it
 */
export function viewPod(
  pod: Pod,
  namespace: string,
  namespaceLabels: StringMap = EMPTY,
  sent?: () => Pod,
): PodView {
  const spec: PodSpec = pod.spec ?? ({} as PodSpec);
  const podLevel = (spec.securityContext ?? NONE) as SecurityContext;
  const containers: ContainerView[] = [];
  addContainers(containers, spec.initContainers, 'spec.initContainers', podLevel, initKind);
  addContainers(containers, spec.containers, 'spec.containers', podLevel, regularKind);
  addContainers(
    containers,
    spec.ephemeralContainers as readonly Container[] | null,
    'spec.ephemeralContainers',
    podLevel,
    ephemeralKind,
  );
  return {
    pod,
    sent,
    name: pod.metadata?.name ?? pod.metadata?.generateName ?? '',
    namespace,
    namespaceLabels,
    labels: (pod.metadata?.labels ?? EMPTY) as StringMap,
    annotations: (pod.metadata?.annotations ?? EMPTY) as StringMap,
    spec,
    windows: spec.os?.name === 'windows',
    // The API server fills it in like this (pkg/apis/core/v1 conversion, then admission/serviceaccount), and treats empty as
    // absent.
    serviceAccount: spec.serviceAccountName || spec.serviceAccount || 'default',
    containers,
    volumes: volumesOf(spec, containers),
    computed: new Map(),
  };
}

/** KEP-753: an init container that restarts always is a sidecar. */
const initKind = (container: Container): ContainerKind =>
  container.restartPolicy === 'Always' ? 'sidecar' : 'init';
const regularKind = (): ContainerKind => 'container';
const ephemeralKind = (): ContainerKind => 'ephemeral';

function addContainers(
  into: ContainerView[],
  list: readonly Container[] | null | undefined,
  field: string,
  podLevel: SecurityContext,
  kindOf: (container: Container) => ContainerKind,
): void {
  if (!list) return;
  for (let i = 0; i < list.length; i++) {
    const spec = list[i] as Container;
    const own = (spec.securityContext ?? NONE) as SecurityContext;
    into.push({
      kind: kindOf(spec),
      name: spec.name ?? '',
      image: spec.image ?? '',
      path: `${field}[${i}]`,
      spec,
      own,
      effective: resolve(podLevel, own),
    });
  }
}

/** As in kubernetes/kubernetes pkg/securitycontext/util.go, the container's setting takes precedence, field by field. */
function resolve(podLevel: SecurityContext, own: SecurityContext): EffectiveSecurity {
  return {
    privileged: own.privileged === true,
    allowPrivilegeEscalation: own.allowPrivilegeEscalation ?? undefined,
    runAsNonRoot: own.runAsNonRoot ?? podLevel.runAsNonRoot ?? undefined,
    runAsUser: own.runAsUser ?? podLevel.runAsUser ?? undefined,
    seccompType: own.seccompProfile?.type ?? podLevel.seccompProfile?.type ?? undefined,
  };
}

function volumesOf(spec: PodSpec, containers: readonly ContainerView[]): readonly VolumeView[] {
  const volumes: VolumeView[] = (spec.volumes ?? []).map((volume, i) => ({
    path: `spec.volumes[${i}]`,
    name: volume.name ?? '',
    spec: volume as Volume,
    implied: false,
  }));
  if (willGetToken(spec, containers)) volumes.push(TOKEN_VOLUME);
  return volumes;
}

/**
 * As in plugin/pkg/admission/serviceaccount, containers that mount nothing at the token path get a projected volume, unless the
 * Pod opts out. A ServiceAccount that opts out is not seen here, so the volume is assumed rather than missed.
 */
function willGetToken(spec: PodSpec, containers: readonly ContainerView[]): boolean {
  if (spec.automountServiceAccountToken === false) return false;
  return containers.some(
    c =>
      (c.kind === 'container' || c.kind === 'init' || c.kind === 'sidecar') &&
      !c.spec.volumeMounts?.some(mount => mount.mountPath === TOKEN_PATH),
  );
}

const TOKEN_VOLUME: VolumeView = Object.freeze({
  path: 'spec.volumes[kube-api-access]',
  name: 'kube-api-access',
  spec: {
    name: 'kube-api-access',
    projected: { sources: [{ serviceAccountToken: { path: 'token' } }] },
  } as Volume,
  implied: true,
});
