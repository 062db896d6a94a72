import { locksFor } from '../../../src/guard/locks.ts';
import { LOCK_PREFIX } from '../../../src/guard/names.ts';
import { builtinProfileTable } from '../../../src/profiles/builtin.ts';
import { installCrds, type RemoveCrds } from './crds.ts';
import { applyAll, remove } from './guarding.ts';
import { kubectl, kubectlOk, type Output } from './kubectl.ts';
import { poll } from './poll.ts';

/** The label of every object here: only these are locked, since other tests run at the same time. */
export const LOCKED = 'example.com/e2e-locked';
export const NAME = 'cofferdam-e2e-locked';
const labels = { [LOCKED]: 'true' };

/** A user who may write all that is locked, except for the locks; Carol also has the verb `bypass`. */
const BOB = 'cofferdam-e2e-bob';
const CAROL = 'cofferdam-e2e-carol';

export const namespaceObject = (name: string, more: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { ...labels, ...more } },
});
export const classObject = (name: string, handler: string, more: object = {}) => ({
  apiVersion: 'node.k8s.io/v1',
  kind: 'RuntimeClass',
  metadata: { name, labels },
  handler,
  ...more,
});
const own = (kind: string, name: string, spec: object) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind,
  metadata: { name, labels },
  spec,
});
export const profileObject = (name: string) =>
  own('SandboxProfile', name, { handlers: [name], extends: 'kata-qemu' });
export const exemptionObject = (name: string) =>
  own('SandboxExemption', name, {
    match: { namespaces: ['shop'] },
    waive: [{ signal: 'hostNetwork' }],
    ...{ owner: 'team', reason: 'a test', expires: '2027-03-01T00:00:00Z' },
  });

export const webhookObject = (kind: 'Mutating' | 'Validating') => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: `${kind}WebhookConfiguration`,
  metadata: { name: NAME, labels, annotations: { 'cert-manager.io/inject-ca-from': 'a/b' } },
  webhooks: [entry('one'), entry('two')],
});
const entry = (name: string) => ({
  name: `${name}.cofferdam.dev`,
  clientConfig: { service: { namespace: 'default', name: 'nobody', path: '/x', port: 443 } },
  // This matches nothing that exists.
  rules: [{ apiGroups: ['example.com'], apiVersions: ['v1'], resources: ['things'], operations: ['CREATE'] }],
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
});

const rule = (group: string, resources: readonly string[], verbs: readonly string[] = ['*']) => ({
  apiGroups: [group],
  resources,
  verbs,
});
const role = (name: string, rules: readonly object[]) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name, labels },
  rules,
});
const grant = (roleName: string, user: string) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: `${roleName}-${user}`, labels },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
});
const ROLES = [
  role(`${NAME}-writer`, [
    rule('', ['namespaces', 'namespaces/status', 'namespaces/finalize']),
    rule('node.k8s.io', ['runtimeclasses']),
    rule('admissionregistration.k8s.io', [
      'mutatingwebhookconfigurations',
      'validatingwebhookconfigurations',
    ]),
    rule('cofferdam.dev', [
      'sandboxprofiles',
      'sandboxexemptions',
      'sandboxprofiles/status',
      'sandboxexemptions/status',
    ]),
  ]),
  role(`${NAME}-bypass`, [rule('cofferdam.dev', ['sandboxpolicies'], ['bypass'])]),
];
const GRANTS = [grant(`${NAME}-writer`, BOB), grant(`${NAME}-writer`, CAROL), grant(`${NAME}-bypass`, CAROL)];

const renamed = (name: string): string => name.replace(LOCK_PREFIX, `${NAME}-`);
/** Applies a lock to the webhook configurations of these tests, instead of an installation's. */
const here = <T>(spec: T): T => JSON.parse(JSON.stringify(spec).replaceAll("'zz-cofferdam'", `'${NAME}'`));

/** The locks under names of their own, for only the objects of these tests. */
const LOCKS = locksFor(builtinProfileTable()).flatMap(({ policy, binding }) => {
  const name = renamed(policy.metadata.name);
  return [
    { ...policy, metadata: { name, labels }, spec: here(policy.spec) },
    {
      ...binding,
      metadata: { name, labels },
      spec: {
        ...binding.spec,
        policyName: name,
        matchResources: { objectSelector: { matchLabels: labels } },
      },
    },
  ];
});

let removeCrds: RemoveCrds | undefined;

export async function startLocks(): Promise<void> {
  removeCrds = await installCrds();
  await applyAll([
    ...ROLES,
    ...GRANTS,
    namespaceObject(NAME, { 'cofferdam.dev/mode': 'enforce' }),
    classObject(NAME, 'runsc'),
    profileObject(NAME),
    exemptionObject(NAME),
    webhookObject('Mutating'),
    webhookObject('Validating'),
  ]);
  await applyAll(LOCKS);
  await poll('the locks are in force', async () => {
    const asked = [
      await bob(['label', 'namespace', NAME, 'cofferdam.dev/a=b']),
      await bob(['delete', 'runtimeclass', NAME]),
      await bob(['delete', 'sandboxprofile', NAME]),
      await bob(['delete', 'validatingwebhookconfiguration', NAME]),
    ];
    return asked.every(({ code }) => code === 1) ? true : undefined;
  });
}

export async function stopLocks(): Promise<void> {
  const names = LOCKS.map(({ metadata }) => metadata.name);
  await remove('validatingadmissionpolicybinding', ...names);
  await remove('validatingadmissionpolicy', ...names);
  const kinds =
    'mutatingwebhookconfiguration,validatingwebhookconfiguration,runtimeclass,namespace,sandboxprofile,sandboxexemption,clusterrole,clusterrolebinding';
  await kubectlOk(['delete', kinds, '-l', LOCKED, '--wait=false']);
  await removeCrds?.();
}

type As = (args: readonly string[], input?: unknown) => Promise<Output>;

/** Runs as a user; nothing is stored. */
const as =
  (user: string): As =>
  ([verb = '', ...args], input) =>
    kubectl([verb, ...(args.includes('--raw') ? [] : ['--dry-run=server']), ...args, `--as=${user}`], input);
export const bob = as(BOB);
export const carol = as(CAROL);
