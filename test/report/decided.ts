import { builtinView } from '../../src/cluster/builtin.ts';
import { readCluster } from '../../src/cluster/static.ts';
import { decide } from '../../src/decision/decide.ts';
import type { Decision, DecisionRequest } from '../../src/decision/decision.ts';
import type { Pod } from '../../src/pod/kube.ts';
import { readPod } from '../../src/pod/read.ts';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { compile } from '../../src/policy/load.ts';
import { readDocuments } from '../../src/source/yaml/yaml.ts';

export const NOW = Date.parse('2026-11-24T12:00:00Z');

interface Given {
  /** The Pod's spec, as YAML in flow style, without containers: one that passes Restricted is added. */
  readonly spec?: string;
  readonly container?: string;
  readonly labels?: string;
  readonly annotations?: string;
  /** Policies, exemptions and profiles besides `balanced`. */
  readonly policies?: string;
  readonly cluster?: string;
  readonly request?: Partial<DecisionRequest>;
}

/** A Pod of namespace `shop`, `{…}` in YAML, that passes Restricted but for what is given. */
export function podOf({ spec = '', container = '', labels = '', annotations = '' }: Given): Pod {
  const text = `
metadata: {name: web, labels: {${labels}}, annotations: {${annotations}}}
spec:
  automountServiceAccountToken: false
  ${spec ? spec : '{}'}
`.replace('  {}\n', '');
  const value = readDocuments(text, 'pod.yaml').documents[0]?.value as { spec: Record<string, unknown> };
  const own = readDocuments(`{${container}}`, 'container.yaml').documents[0]?.value ?? {};
  value.spec.containers = [
    {
      name: 'app',
      image: `app@sha256:${'0'.repeat(64)}`,
      resources: { limits: { cpu: '1', memory: '1Gi' } },
      ...own,
      securityContext: {
        allowPrivilegeEscalation: false,
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
        ...(own as { securityContext?: object }).securityContext,
        capabilities: {
          drop: ['ALL'],
          ...(own as { securityContext?: { capabilities?: object } }).securityContext?.capabilities,
        },
      },
    },
  ];
  const read = readPod(value);
  if ('problem' in read) throw new Error(JSON.stringify(read.problem));
  return read.pod;
}

/** The decision on such a Pod, under `balanced` and what is given. */
export function decided(given: Given): Decision {
  const builtin = builtinPolicy('balanced');
  const documents = given.policies ? readDocuments(given.policies, 'policies.yaml').documents : [];
  const { snapshot, problems } = compile(documents, { builtin, balanced: true, now: NOW });
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const view = given.cluster
    ? readCluster(readDocuments(given.cluster, 'cluster.yaml').documents).view
    : builtinView();
  return decide(
    {
      operation: 'CREATE',
      subresource: '',
      userInfo: { username: '', groups: [] },
      pod: podOf(given),
      namespaceName: 'shop',
      namespace: { name: 'shop', labels: {} },
      ...given.request,
    },
    snapshot,
    view,
    NOW,
  );
}
