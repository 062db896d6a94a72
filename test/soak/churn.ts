import { type Api, MERGE } from '../bench/cluster/api.ts';
import type { StoredPod } from '../bench/cluster/life.ts';
import { apply, createAll, deleteAll, type KubeObject, pathOf } from '../bench/cluster/objects.ts';
import { podOf } from '../bench/cluster/pods.ts';
import { node } from '../support/objects.ts';
import { API_VERSION, CHANGING, enforced, exemption } from './ground.ts';
import { expectClass } from './lives.ts';
import type { Step } from './steps.ts';

/** The most objects of each kind that exist at the same time. */
const AT_ONCE = 3;

/** The rule differs in each round, so that none is known already. */
const scoring = (round: number) => ({
  rules: [
    { name: 'changing', weight: 1 + (round % 50), expression: `object.metadata.name == 'changing-${round}'` },
  ],
});

const clusterPolicy = (round: number): KubeObject => ({
  apiVersion: API_VERSION,
  kind: 'ClusterSandboxPolicy',
  metadata: { name: `changing-${round % AT_ONCE}` },
  spec: {
    match: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': CHANGING } } },
    scoring: scoring(round),
  },
});

const policy = (round: number): KubeObject => ({
  apiVersion: API_VERSION,
  kind: 'SandboxPolicy',
  metadata: { name: `changing-${round % AT_ONCE}`, namespace: CHANGING },
  spec: { scoring: scoring(round), minimumIsolation: round % 2 === 0 ? 'app-kernel' : 'vm' },
});

const profile = (round: number): KubeObject => ({
  apiVersion: API_VERSION,
  kind: 'SandboxProfile',
  metadata: { name: `changing-${round % AT_ONCE}` },
  spec: {
    handlers: [`changing-${round % AT_ONCE}`],
    extends: 'kata-qemu',
    signals: { hostPort: { support: 'degraded', reason: `round ${round}`, source: 'https://example.com' } },
  },
});

/** Creates an object, changes it a while later, and then deletes it. */
const changing = (api: Api, name: string, make: (round: number) => KubeObject): Step => ({
  name,
  run: round =>
    Math.floor(round / AT_ONCE) % 3 < 2 ? apply(api, make(round)) : deleteAll(api, [make(round)]),
});

const changingNode = (round: number): KubeObject => node(`changing-${round}`, ['runc', 'runsc']);

async function changeNodes(api: Api, round: number): Promise<void> {
  await createAll(api, [changingNode(round)]);
  const labels = { labels: { zone: `zone-${round}` } };
  await api.must('PATCH', pathOf(changingNode(round)), { metadata: labels }, MERGE);
  await deleteAll(api, [changingNode(round - AT_ONCE)]);
}

/** Creates a namespace and immediately a Pod in it that needs a sandbox, then deletes both. */
async function comeAndGo(api: Api, round: number): Promise<void> {
  const made = enforced(`soak-breath-${round}`);
  const pod = podOf('high', { metadata: { namespace: made.metadata.name } });
  await createAll(api, [made]);
  const { text } = await api.must('POST', `${pathOf(made)}/pods`, pod);
  expectClass('gvisor')(JSON.parse(text) as StoredPod);
  await deleteAll(api, [made]);
}

/** The changes that go on during the run. */
export const churn = (api: Api): readonly Step[] => [
  changing(api, 'changes of cluster policies', clusterPolicy),
  { name: 'changes of nodes', run: round => changeNodes(api, round) },
  changing(api, 'changes of SandboxPolicies', policy),
  { name: 'namespaces with a Pod in one breath', run: round => comeAndGo(api, round) },
  changing(api, 'changes of exemptions', round =>
    exemption(`changing-${round % AT_ONCE}`, CHANGING, 'hostPort'),
  ),
  changing(api, 'changes of profiles', profile),
];
