import { LARGEST } from '../../support/largest-policy.ts';
import { kubectlOk } from './kubectl.ts';
import { applyNewSandboxPolicies, applyOldSandboxPolicies } from './old-crds.ts';
import { poll } from './poll.ts';
import { E2E_LABEL } from './settings.ts';

type Json = Record<string, unknown>;

export const NAME = 'cofferdam-e2e-freeze';
export const ATTACKED = `${NAME}-own`;
export const MODEST = `${NAME}-modest`;
export const OTHER = `${NAME}-other`;
export const NAMESPACES = [ATTACKED, MODEST, OTHER];
/** May write SandboxPolicies in one namespace, and nothing else. */
export const MALLORY = `${NAME}-mallory`;

const DAY_MS = 24 * 60 * 60 * 1000;
const labels = { [E2E_LABEL]: 'true' };
const object = (kind: string, name: string, spec: Json, namespace?: string) => ({
  apiVersion: 'cofferdam.dev/v1alpha1',
  kind,
  metadata: { name, namespace, labels },
  spec,
});
const rbac = (kind: string, more: Json) => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind,
  metadata: { name: MALLORY, namespace: ATTACKED },
  ...more,
});
export const MAY_WRITE = [
  rbac('Role', {
    rules: [
      { apiGroups: ['cofferdam.dev'], resources: ['sandboxpolicies'], verbs: ['create', 'deletecollection'] },
    ],
  }),
  rbac('RoleBinding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: MALLORY },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: MALLORY }],
  }),
];

export const EXEMPTION = object('SandboxExemption', NAME, {
  match: { namespaces: [MODEST], podSelector: { matchLabels: { agent: 'yes' } } },
  waive: [{ signal: 'hostNetwork' }],
  ...{ owner: 'team', reason: 'a test', expires: new Date(Date.now() + 30 * DAY_MS).toISOString() },
});
export const OF_MODEST = object(
  'SandboxPolicy',
  'modest',
  { match: { podSelector: { matchLabels: { data: 'secret' } } }, minimumIsolation: 'vm' },
  MODEST,
);
export const OF_CLUSTER = object('ClusterSandboxPolicy', NAME, {
  match: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': OTHER } } },
  minimumIsolation: 'vm',
});

/** A policy in her namespace. */
export const ofMallory = (name: string, spec: Json) => object('SandboxPolicy', name, spec, ATTACKED);

/** Policies that match no Pod of the tests: any isolation that a Pod in the namespace needs comes from leaving these out. */
const fill = (count: number, spec: Json) =>
  Array.from({ length: count }, (_, i) => ofMallory(`fill-${i}`, spec));
const { rules: _, ...scoring } = LARGEST.scoring as Json;
const AS_LARGE_AS_ALLOWED = { ...LARGEST, scoring };
/** A policy of 140 kB, which the schema accepted before SandboxPolicies had limits of their own. */
const OF_BEFORE = {
  match: {
    podSelector: {
      matchExpressions: Array.from({ length: 32 }, (_unused, i) => ({
        key: `key-${i}`,
        operator: 'In',
        values: Array.from({ length: 64 }, (_value, j) => `${j}${'v'.repeat(60)}`),
      })),
    },
  },
  ...{ minimumIsolation: 'app-kernel', tiers: [{ atLeast: 30, isolation: 'app-kernel' }] },
};
async function attackAsMallory(policies: readonly object[]): Promise<void> {
  await kubectlOk(['create', '-f', '-', '--as', MALLORY], {
    apiVersion: 'v1',
    kind: 'List',
    items: policies,
  });
}
/** Where the policies of a namespace are left out because of their size: in replicas, or only in the guard. */
export type LeftOutOf = 'replicas' | 'guard';
export const ATTACKS: readonly (readonly [
  what: string,
  leftOutOf: LeftOutOf,
  attack: () => Promise<void>,
])[] = [
  [
    'one policy of 140 kB that was stored under wider limits',
    'guard',
    async () => {
      await applyOldSandboxPolicies();
      await poll('the wider limits hold', async () => {
        await attackAsMallory(fill(1, OF_BEFORE)).catch(() => undefined);
        const found = await kubectlOk(['get', 'sbp', '-n', ATTACKED, '-o', 'name']);
        return found === '' ? undefined : true;
      });
      await applyNewSandboxPolicies();
    },
  ],
  [
    'eighty policies as large as the schema takes',
    'replicas',
    () => attackAsMallory(fill(80, AS_LARGE_AS_ALLOWED)),
  ],
  ['as many such policies as replicas hold', 'guard', () => attackAsMallory(fill(5, AS_LARGE_AS_ALLOWED))],
];

/** Deletes all of her policies. */
export async function withdrawAsMallory(): Promise<void> {
  const path = `/apis/cofferdam.dev/v1alpha1/namespaces/${ATTACKED}/sandboxpolicies`;
  await kubectlOk(['delete', '--raw', path, '--as', MALLORY]);
}
