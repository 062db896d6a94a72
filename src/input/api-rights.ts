import type { Pod } from '../pod/kube.ts';
import { isMap, type Mapping } from '../source/mapping.ts';
import { someOf } from '../source/text.ts';

/*
A sandbox contains what a Pod does to its kernel, not what it asks of the API server: a Pod that may run commands in any Pod, or
talk to kubelets, can leave its sandbox at once. The Roles and bindings of the same input are examined.
https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
*/

/** The parts of an object of rbac.authorization.k8s.io that are examined. */
export interface RbacObject {
  readonly kind: string;
  readonly name: string;
  /** The namespace; empty for an object of the cluster. */
  readonly namespace: string;
  /** The rights of a role that matter here. */
  readonly rights: readonly string[];
  readonly roleRef: { readonly kind: string; readonly name: string };
  /** The users and groups that it is for, as the API server knows them: `user:…`, `group:…`. */
  readonly subjects: readonly string[];
}

const KINDS = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'];

export const isRbac = ({ apiVersion, kind }: Mapping): boolean =>
  typeof kind === 'string' &&
  KINDS.includes(kind) &&
  typeof apiVersion === 'string' &&
  apiVersion.startsWith('rbac.authorization.k8s.io/');

/** @param namespace the one that it is in, or would be in; it does not matter for objects of the cluster */
export function readRbac(object: Mapping, name: string, namespace: string): RbacObject | undefined {
  const { kind } = object;
  if (typeof kind !== 'string' || !isRbac(object)) return undefined;
  const roleRef = isMap(object.roleRef) ? object.roleRef : {};
  return {
    kind,
    name,
    namespace: kind.startsWith('Cluster') ? '' : namespace,
    rights: [...new Set(listAt(object.rules).filter(isMap).flatMap(rightsIn))],
    roleRef: { kind: String(roleRef.kind), name: String(roleRef.name) },
    subjects: listAt(object.subjects)
      .filter(isMap)
      .map(subject => nameOf(subject, namespace)),
  };
}

const listAt = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** `verb resource` of the core group, and the words for it. */
const RIGHTS: readonly (readonly [right: string, verbs: readonly string[], resource: string])[] = [
  ['pods/exec', ['create', 'get'], 'pods/exec'],
  ['pods/attach', ['create', 'get'], 'pods/attach'],
  ['pods/ephemeralcontainers', ['update', 'patch'], 'pods/ephemeralcontainers'],
  ['nodes/proxy', ['create', 'get'], 'nodes/proxy'],
];

function rightsIn({ apiGroups, resources, verbs }: Mapping): readonly string[] {
  const has = (list: unknown, ...words: readonly string[]): boolean =>
    listAt(list).some(one => one === '*' || words.includes(String(one)));
  if ([apiGroups, resources, verbs].every(list => listAt(list).includes('*'))) return ['everything'];
  const ofSubresource = (resource: string): string => `*/${resource.split('/')[1]}`;
  return [
    ...RIGHTS.filter(
      ([, wanted, resource]) =>
        has(apiGroups, '') && has(resources, resource, ofSubresource(resource)) && has(verbs, ...wanted),
    ).map(([right]) => right),
    // These verbs let one act as somebody else, or give oneself further rights.
    ...['impersonate', 'escalate', 'bind'].filter(verb => listAt(verbs).includes(verb)),
  ];
}

/** Which of these rights the roles have that exist in every cluster. */
const BUILTIN: Readonly<Record<string, readonly string[]>> = {
  'cluster-admin': ['everything'],
  admin: ['pods/exec'],
  edit: ['pods/exec'],
};

/**
 * The name of a user. A ServiceAccount is a user, too
 * (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects).
 */
function nameOf({ kind, name, namespace }: Mapping, ofBinding: string): string {
  if (kind === 'ServiceAccount') return userOf(String(namespace ?? ofBinding), String(name));
  return `${kind === 'Group' ? 'group' : 'user'}:${name}`;
}

const userOf = (namespace: string, account: string): string =>
  `user:system:serviceaccount:${namespace}:${account}`;

/** The rights of ServiceAccounts that let a Pod out of its sandbox. */
export class ApiRights {
  /** The rights that were given, by user or group. */
  readonly #given = new Map<string, Set<string>>();

  constructor(objects: readonly RbacObject[]) {
    const roles = new Map(objects.map(one => [keyOf(one.kind, one.namespace, one.name), one.rights]));
    for (const binding of objects) {
      const { kind, name } = binding.roleRef;
      const builtin = kind === 'ClusterRole' && Object.hasOwn(BUILTIN, name) ? BUILTIN[name] : [];
      const rights = roles.get(keyOf(kind, kind === 'Role' ? binding.namespace : '', name)) ?? builtin ?? [];
      if (rights.length > 0) this.#give(binding, name === 'cluster-admin' ? [name] : rights);
    }
  }

  #give({ kind, name, namespace, subjects }: RbacObject, rights: readonly string[]): void {
    const where = namespace === '' ? '' : ` in namespace ${namespace}`;
    for (const subject of subjects) {
      const given = this.#given.get(subject) ?? new Set();
      this.#given.set(subject, given.add(`${rights.join(', ')}${where} by ${kind} ${name}`));
    }
  }

  /** Why the ServiceAccount that a Pod runs as matters; none where the Pod has no token for it. */
  notesFor({ pod, namespace }: { readonly pod: Pod; readonly namespace: string }): readonly string[] {
    if (!hasToken(pod)) return [];
    const { serviceAccountName } = pod.spec ?? {};
    const account = serviceAccountName || 'default';
    const names = [userOf(namespace, account), ...GROUPS, `group:system:serviceaccounts:${namespace}`];
    const given = names.flatMap(name => [...(this.#given.get(name) ?? [])]);
    if (given.length === 0) return [];
    return [
      `its ServiceAccount ${account} is given ${someOf(given)}: a sandbox does not contain what it asks of the API`,
    ];
  }
}

/** Whether the token is mounted by default, or by a volume that the Pod asks for. */
const hasToken = ({ spec }: Pod): boolean =>
  spec?.automountServiceAccountToken !== false ||
  (spec.volumes ?? []).some(volume =>
    (volume.projected?.sources ?? []).some(source => source.serviceAccountToken),
  );

const GROUPS = ['group:system:serviceaccounts', 'group:system:authenticated'];
const keyOf = (kind: string, namespace: string, name: string): string => `${kind}/${namespace}/${name}`;
