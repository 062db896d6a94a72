import { describe, expect, it } from 'vitest';
import { cofferdam } from '../cli/stranger.ts';

const RBAC = 'apiVersion: rbac.authorization.k8s.io/v1\n';
const role = (kind: string, rules: string, namespace = ''): string =>
  `${RBAC}kind: ${kind}\nmetadata: {name: r${namespace && `, namespace: ${namespace}`}}\nrules: [${rules}]\n---\n`;
const binding = (
  kind: string,
  ref: string,
  subjects = '{kind: ServiceAccount, name: operator, namespace: shop}',
  namespace = '',
): string =>
  `${RBAC}kind: ${kind}\nmetadata: {name: b${namespace && `, namespace: ${namespace}`}}\nroleRef: {apiGroup: rbac.authorization.k8s.io, ${ref}}\nsubjects: [${subjects}]\n---\n`;
const ADMIN = 'kind: ClusterRole, name: cluster-admin';
const OWN = 'kind: ClusterRole, name: r';
const rule = (resources: string, verbs: string, groups = '""'): string =>
  `{apiGroups: [${groups}], resources: [${resources}], verbs: [${verbs}]}`;
const deployment = (spec = 'serviceAccountName: operator, '): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {template: {spec: {${spec}containers: [{name: a, image: a}]}}}\n---\n`;

async function notesOn(stdin: string): Promise<readonly string[]> {
  const { out } = await cofferdam(['review', '-', '-o', 'json'], { stdin });
  const [result] = JSON.parse(out).results;
  return result.warnings.filter((warning: string) => warning.includes('ServiceAccount'));
}
const note = (what: string, account = 'operator'): readonly string[] => [
  `its ServiceAccount ${account} is given ${what}: a sandbox does not contain what it asks of the API`,
];

describe('a ServiceAccount that gets out of any sandbox is a note', () => {
  it.each([
    ['cluster-admin', binding('ClusterRoleBinding', ADMIN), 'cluster-admin by ClusterRoleBinding b'],
    [
      'cluster-admin of one namespace',
      binding('RoleBinding', ADMIN, '{kind: ServiceAccount, name: operator}', 'shop'),
      'cluster-admin in namespace shop by RoleBinding b',
    ],
    [
      'edit, which may run commands in Pods',
      binding('RoleBinding', 'kind: ClusterRole, name: edit', undefined, 'ci'),
      'pods/exec in namespace ci by RoleBinding b',
    ],
    [
      'pods/exec',
      role('ClusterRole', rule('pods, pods/exec', 'get, create')) + binding('ClusterRoleBinding', OWN),
      'pods/exec by ClusterRoleBinding b',
    ],
    [
      'nodes/proxy',
      role('ClusterRole', rule('nodes/proxy', 'get')) + binding('ClusterRoleBinding', OWN),
      'nodes/proxy by ClusterRoleBinding b',
    ],
    [
      'whatever is there',
      role('ClusterRole', rule('"*"', '"*"', '"*"')) + binding('ClusterRoleBinding', OWN),
      'everything by ClusterRoleBinding b',
    ],
    [
      'a subresource of whatever',
      role('ClusterRole', rule('"*/exec"', 'create')) + binding('ClusterRoleBinding', OWN),
      'pods/exec by ClusterRoleBinding b',
    ],
    [
      'being somebody else',
      role('ClusterRole', rule('users', 'impersonate')) + binding('ClusterRoleBinding', OWN),
      'impersonate by ClusterRoleBinding b',
    ],
    [
      'a Role',
      role('Role', rule('pods/attach', 'create'), 'ci') +
        binding('RoleBinding', 'kind: Role, name: r', undefined, 'ci'),
      'pods/attach in namespace ci by RoleBinding b',
    ],
    [
      'a group of all ServiceAccounts',
      binding('ClusterRoleBinding', ADMIN, '{kind: Group, name: "system:serviceaccounts:shop"}'),
      'cluster-admin by ClusterRoleBinding b',
    ],
    [
      'the account as a user',
      binding('ClusterRoleBinding', ADMIN, '{kind: User, name: "system:serviceaccount:shop:operator"}'),
      'cluster-admin by ClusterRoleBinding b',
    ],
    [
      'a binding within a List',
      `apiVersion: v1\nkind: List\nitems:\n- ${binding('ClusterRoleBinding', ADMIN).replace('---\n', '').trimEnd().replaceAll('\n', '\n  ')}\n---\n`,
      'cluster-admin by ClusterRoleBinding b',
    ],
  ])('%s', async (_, rbac, what) => {
    expect(await notesOn(rbac + deployment())).toEqual(note(what));
    expect(await notesOn(deployment() + rbac)).toEqual(note(what));
  });

  it('also where the Pod mounts the token by itself', async () => {
    const volume = '{name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}';
    const spec = `serviceAccountName: operator, automountServiceAccountToken: false, volumes: [${volume}], `;
    const rbac = binding('ClusterRoleBinding', ADMIN);
    expect(await notesOn(rbac + deployment(spec))).toEqual(note('cluster-admin by ClusterRoleBinding b'));
  });

  it('also of the account that nobody names', async () => {
    const rbac = binding(
      'ClusterRoleBinding',
      ADMIN,
      '{kind: ServiceAccount, name: default, namespace: shop}',
    );
    expect(await notesOn(rbac + deployment(''))).toEqual(
      note('cluster-admin by ClusterRoleBinding b', 'default'),
    );
  });

  it('is in the table and in explain, and changes no verdict', async () => {
    const stdin = binding('ClusterRoleBinding', ADMIN) + deployment();
    for (const command of ['review', 'explain']) {
      const { code, out } = await cofferdam([command, '-'], { stdin });
      expect(code).toBe(0);
      expect(out.replace(/\n +/g, ' ')).toContain(
        'Note: Its ServiceAccount operator is given cluster-admin by ClusterRoleBinding b: a sandbox does not contain what it asks of the API.',
      );
    }
  });
});

describe('there is none', () => {
  it.each([
    [
      'for another account',
      binding('ClusterRoleBinding', ADMIN, '{kind: ServiceAccount, name: other, namespace: shop}'),
    ],
    [
      'for an account of another namespace',
      binding('ClusterRoleBinding', ADMIN, '{kind: ServiceAccount, name: operator, namespace: ci}'),
    ],
    [
      'for rights to read',
      role('ClusterRole', rule('pods, nodes', 'get, list')) + binding('ClusterRoleBinding', OWN),
    ],
    [
      'for a resource of that name in another group',
      role('ClusterRole', rule('pods/exec', 'create', 'example.com')) + binding('ClusterRoleBinding', OWN),
    ],
    ['for view', binding('ClusterRoleBinding', 'kind: ClusterRole, name: view')],
    ['for a role that nobody binds', role('ClusterRole', rule('pods/exec', 'create'))],
    [
      'for a role of another namespace',
      role('Role', rule('pods/exec', 'create'), 'ops') +
        binding('RoleBinding', 'kind: Role, name: r', undefined, 'ci'),
    ],
    [
      'for another kind of this name',
      binding('ClusterRoleBinding', ADMIN).replace('rbac.authorization.k8s.io/v1', 'example.com/v1'),
    ],
    [
      'for odd ones',
      `${RBAC}kind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: x\nsubjects: {a: 1}\n---\n${RBAC}kind: ClusterRole\nmetadata: {name: r}\nrules: [1, {verbs: 2}]\n---\n`,
    ],
  ])('%s', async (_, rbac) => {
    expect(await notesOn(rbac + deployment())).toEqual([]);
  });

  it('where the Pod has no token', async () => {
    const spec = 'serviceAccountName: operator, automountServiceAccountToken: false, ';
    expect(await notesOn(binding('ClusterRoleBinding', ADMIN) + deployment(spec))).toEqual([]);
  });
});
