import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { stripVTControlCharacters } from 'node:util';
import type { V1PolicyRule } from '@kubernetes/client-node';
import { render } from './helm.ts';
import { kubectlOk } from './kubectl.ts';
import { SERVE } from './serve.ts';
import { E2E_LABEL, TLS_CERT, TLS_KEY, WORK } from './settings.ts';

/** The release's namespace, whose ServiceAccount has what the chart's roles grant. */
export const HOME = 'cofferdam-e2e-rbac';

/** One verb on one resource, from a ClusterRole or from a Role in the release's namespace. */
export interface Grant {
  readonly kind: 'ClusterRole' | 'Role';
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly resourceNames?: readonly string[];
}

/** The chart's grants to the program, one by one. */
export async function chartGrants(): Promise<readonly Grant[]> {
  const roles = (await render(HOME)).filter(
    ({ kind, metadata }) => kind.endsWith('Role') && metadata.name === 'cofferdam',
  );
  return roles.flatMap(({ kind, rules }) => (rules as V1PolicyRule[]).flatMap(rule => grantsOf(kind, rule)));
}

const grantsOf = (kind: string, { apiGroups = [], resources = [], verbs, resourceNames }: V1PolicyRule) =>
  apiGroups.flatMap(group =>
    resources.flatMap(resource =>
      verbs.map(
        (verb): Grant => ({
          kind: kind as Grant['kind'],
          group,
          resource,
          verb,
          ...(resourceNames && { resourceNames }),
        }),
      ),
    ),
  );

/** Grants only these to the ServiceAccount, under other names than the chart's, which may be in use. */
export async function grantOnly(grants: readonly Grant[]): Promise<void> {
  const metadata = { name: HOME, labels: { [E2E_LABEL]: 'true' } };
  const rulesOf = (kind: Grant['kind']): V1PolicyRule[] =>
    grants
      .filter(grant => grant.kind === kind)
      .map(({ group, resource, verb, resourceNames }) => ({
        apiGroups: [group],
        resources: [resource],
        verbs: [verb],
        ...(resourceNames && { resourceNames: [...resourceNames] }),
      }));
  const subjects = [{ kind: 'ServiceAccount', name: 'cofferdam', namespace: HOME }];
  const both = (kind: Grant['kind'], place: object) => [
    { ...RBAC, kind, metadata: { ...metadata, ...place }, rules: rulesOf(kind) },
    {
      ...RBAC,
      kind: `${kind}Binding`,
      metadata: { ...metadata, ...place },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: HOME },
      subjects,
    },
  ];
  const items = [...both('ClusterRole', {}), ...both('Role', { namespace: HOME })];
  await kubectlOk(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
}

const RBAC = { apiVersion: 'rbac.authorization.k8s.io/v1' };

/** A kubeconfig of the ServiceAccount, with a token like that of a Pod. */
export async function accountKubeconfig(): Promise<string> {
  const config = JSON.parse(await kubectlOk(['config', 'view', '--raw', '--minify', '-o', 'json']));
  const token = (await kubectlOk(['create', 'token', 'cofferdam', '-n', HOME])).trim();
  config.users[0].user = { token };
  config.contexts[0].context.namespace = HOME;
  const file = join(WORK, 'rbac.kubeconfig');
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

export interface Serving {
  /** What it has logged so far. */
  readonly log: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts the webhook with this kubeconfig and these flags, without waiting for anything. */
export function startServing(kubeconfig: string, flags: readonly string[]): Serving {
  const child = spawn(process.execPath, [
    ...SERVE,
    ...['--address', '127.0.0.1'],
    ...['--tls-cert', TLS_CERT, '--tls-key', TLS_KEY, '--kubeconfig', kubeconfig, ...flags],
  ]);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      text += stripVTControlCharacters(String(chunk));
    });
  }
  const ended = new Promise<void>(resolve => {
    child.on('close', () => resolve());
  });
  return {
    log: () => text,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Creates one object of each kind of this project, so that its status has to be written. */
export async function makeOwnObjects(): Promise<void> {
  const metadata = { name: HOME, labels: { [E2E_LABEL]: 'true', run: randomUUID() } };
  const own = (kind: string, spec: object, place: object = {}) => ({
    apiVersion: 'cofferdam.dev/v1alpha1',
    kind,
    metadata: { ...metadata, ...place },
    spec,
  });
  const nowhere = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': HOME } } };
  const items = [
    own('ClusterSandboxPolicy', { match: nowhere, minimumIsolation: 'host-kernel' }),
    own('SandboxPolicy', { minimumIsolation: 'host-kernel' }, { namespace: HOME }),
    own('SandboxExemption', {
      match: { namespaces: [HOME] },
      waive: [{ signal: 'hostNetwork' }],
      owner: 'tests',
      reason: 'tests',
      expires: new Date(Date.now() + 86_400_000).toISOString(),
    }),
    own('SandboxProfile', { handlers: [HOME], extends: 'gvisor' }),
  ];
  await kubectlOk(['delete', KINDS, '-A', '-l', E2E_LABEL, '--ignore-not-found']);
  await kubectlOk(['create', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
}

const KINDS = 'clustersandboxpolicies,sandboxpolicies,sandboxexemptions,sandboxprofiles';
