import { builtinView } from '../../src/cluster/builtin.ts';
import {
  EARLIER_ANNOTATION,
  GUARD,
  GUARD_OF_LABELS,
  REFUSED_ANNOTATION,
  REFUSED_EXEMPTIONS_ANNOTATION,
  SNAPSHOT_ANNOTATION,
} from '../../src/guard/names.ts';
import {
  INJECTED_ANNOTATION,
  MIRROR_ANNOTATION,
  POLICY_ANNOTATION,
  REQUIRED_ANNOTATION,
  SCORE_ANNOTATION,
} from '../../src/pod/annotations.ts';
import { MINIMUM_ISOLATION_LABEL, MODE_LABEL, RISK_LABEL } from '../../src/pod/labels.ts';
import { MODES } from '../../src/pod/mode.ts';
import { BUILTIN_POLICIES, builtinPolicy } from '../../src/policy/builtin.ts';
import type { ClusterSandboxPolicy } from '../../src/policy/types.gen.ts';
import { ISOLATIONS } from '../../src/profiles/isolation.ts';
import { type Family, NAMED } from '../../src/signals/annotation-families.ts';
import { APP_ARMOR_PREFIX } from '../../src/signals/app-armor.ts';
import { signalById } from '../../src/signals/index.ts';
import type { SignalId } from '../../src/signals/signal.ts';
import { EXPIRES, VERIFY_LABEL } from '../../src/verify/probe.ts';
import { code, page, table } from './markdown.ts';

const listed = (words: readonly string[]): string => words.map(code).join(', ');

/** The weights of the risk label, which all built-in policies share. */
function riskWeights(): string {
  const all = BUILTIN_POLICIES.map(name => {
    const [policy] = builtinPolicy(name).map(({ value }) => value as ClusterSandboxPolicy);
    return policy?.spec.scoring?.labels?.find(({ key }) => key === RISK_LABEL)?.weights ?? {};
  });
  const [first = {}, ...others] = all;
  if (others.some(other => JSON.stringify(other) !== JSON.stringify(first)))
    throw new Error(`the built-in policies weigh ${RISK_LABEL} otherwise: docs/labels.md has to say so`);
  return Object.entries(first)
    .map(([word, weight]) => `${code(word)} (weighs ${weight})`)
    .join(', ');
}

const LOCKED =
  'Platform engineers. With the [locks](guard.md#the-locks), only holders of the verb `bypass`; without them, whoever may change the Namespace.';
const AUTHOR = 'On a Pod, its author, as the label can only tighten there. On a Namespace, as for the mode.';

const SET_BY_PEOPLE = (): readonly (readonly string[])[] => [
  [
    code(MODE_LABEL),
    'Namespace',
    listed(MODES),
    'Says what is done with decisions on the Pods of the namespace ([Rolling out](rollout.md)). Without it, the mode is `defaultMode` of the chart. Any other word counts as `enforce`.',
    LOCKED,
  ],
  [
    code(RISK_LABEL),
    'Namespace, Pod',
    riskWeights(),
    'Adds to the score. Of the labels on Pod and Namespace the higher one counts, and a word that the policy does not list counts as the highest. Policies may list other words and weights (`scoring.labels`). A workload has it in its Pod template. A change on a Pod that runs moves nothing; the [scan](scan.md) tells of it.',
    AUTHOR,
  ],
  [
    code(MINIMUM_ISOLATION_LABEL),
    'Namespace',
    listed(ISOLATIONS),
    'Every Pod of the namespace needs at least this isolation. Any other word counts as the strongest. On a Pod it means nothing.',
    LOCKED,
  ],
  [
    code('cofferdam.dev/tenant'),
    'Namespace',
    'any',
    'The built-in policy `multi-tenant` judges the Pods of namespaces that have this label.',
    LOCKED,
  ],
];

const ON_PODS: readonly (readonly string[])[] = [
  [
    code(INJECTED_ANNOTATION),
    'name of a RuntimeClass',
    'The webhook set this class, and not the author. It may then be replaced by a stronger one, where a later webhook changes the Pod.',
  ],
  [code(REQUIRED_ANNOTATION), listed(ISOLATIONS), 'The isolation that the Pod needed.'],
  [code(SCORE_ANNOTATION), '0 to 100', 'The score under the policy that governed.'],
  [
    code(POLICY_ANNOTATION),
    'name of a ClusterSandboxPolicy, or `namespace/name` of a SandboxPolicy',
    'The policy that governed.',
  ],
];

const MANAGED_BY = 'app.kubernetes.io/managed-by';
const ON_OTHERS: readonly (readonly string[])[] = [
  [
    code(SNAPSHOT_ANNOTATION),
    `annotation of ${code(GUARD)} and ${code(GUARD_OF_LABELS)}`,
    'the leader',
    'Version of the policies that the guard was made from. `doctor` compares it with the policies of today.',
  ],
  [
    code(REFUSED_ANNOTATION),
    'annotation of the same',
    'the leader',
    'Namespaces, with commas between, whose SandboxPolicies the API server did not take and which are therefore [left out](guard.md#how-much-it-takes-and-whose-share-is-what).',
  ],
  [
    code(REFUSED_EXEMPTIONS_ANNOTATION),
    'annotation of the same',
    'the leader',
    'SandboxExemptions that the API server did not take and which are therefore [left out](guard.md#how-much-it-takes-and-whose-share-is-what).',
  ],
  [
    code(EARLIER_ANNOTATION),
    'annotation of the same',
    'the leader',
    'ClusterSandboxPolicies that are in the guard [as they were written last](guard.md#how-much-it-takes-and-whose-share-is-what), or, where they are new, not at all; the first twenty of many. `doctor` names them.',
  ],
  [
    code(VERIFY_LABEL),
    'label of Namespaces and Pods',
    '`cofferdam verify`',
    'Id of the run that made the object. A later run finds by it what was left behind.',
  ],
  [
    code(EXPIRES),
    'annotation of the same',
    '`cofferdam verify`',
    'Time (RFC 3339) after which a later run removes the object.',
  ],
  [
    'pod-security.kubernetes.io/enforce',
    'label of the Namespace of probes',
    '`cofferdam verify`',
    '`restricted`, or `privileged` with `--privileged`.',
  ],
  [
    MANAGED_BY,
    'label of Reports and of the Lease',
    'the leader',
    '`cofferdam`. The leader finds its Reports by it; where it was taken off, it puts it back.',
  ],
  [
    'app.kubernetes.io/*, helm.sh/chart',
    "labels of the chart's objects",
    'Helm',
    'The usual labels of a release. The chart selects its Pods by `app.kubernetes.io/name`, `app.kubernetes.io/instance` and `app.kubernetes.io/component`. `app.kubernetes.io/part-of` names what [takes everything off](troubleshooting.md#everything-off-at-once).',
  ],
  [
    'helm.sh/resource-policy',
    'annotation of CustomResourceDefinitions, policies and RuntimeClasses',
    'Helm',
    '`keep`: the object stays when the release is uninstalled.',
  ],
  [
    'helm.sh/hook, helm.sh/hook-delete-policy, helm.sh/hook-weight',
    'annotations of what `helm test` makes',
    'Helm',
    'The object is made for a test, and replaced by the next one.',
  ],
  [
    'grafana_dashboard',
    'label of the ConfigMap with the dashboard',
    'Helm',
    "Grafana's sidecar finds the dashboard by it (`metrics.dashboard.labels`).",
  ],
  [
    'rbac.authorization.k8s.io/aggregate-to-*',
    'labels of ClusterRoles',
    'Helm',
    'Add the ClusterRoles `cofferdam-view` and `cofferdam-edit` to `view`, `edit` and `admin` (`rbac.aggregate`, `rbac.policyWriters`).',
  ],
].map(([key = '', ...rest]) => [key.startsWith('`') ? key : key.split(', ').map(code).join(', '), ...rest]);

/** The labels of the classes' nodes, without the system's, of which there is more to say. */
function nodeLabelsOfClasses(): readonly string[] {
  const all = builtinView()
    .runtimeClasses()
    .flatMap(({ nodeSelector }) => Object.keys(nodeSelector));
  return [...new Set(all)].filter(key => key !== 'kubernetes.io/os');
}

/** What Cofferdam reads of keys that others define, without the annotations that are signals. */
const READ = (): readonly (readonly [keys: readonly string[], where: string, what: string])[] => [
  [
    [MIRROR_ANNOTATION],
    'annotation of Pods',
    'Marks the copy of a static Pod. It is believed only where a node makes the request; such a Pod is recorded and never changed.',
  ],
  [
    ['istio.io/dataplane-mode', 'ambient.istio.io/redirection'],
    'label of Pods and Namespaces, annotation of Pods',
    'An ambient mesh captures the traffic: the signal `meshCapture`.',
  ],
  [
    ['kubernetes.io/metadata.name'],
    'label of Namespaces',
    'The name of the Namespace, which the API server sets. The chart and the guard leave namespaces out by it.',
  ],
  [
    ['kubernetes.io/os', 'beta.kubernetes.io/os', 'node.kubernetes.io/windows-build'],
    'nodeSelector and node affinity of Pods',
    'The Pod runs on Windows: the signal `windowsPod`.',
  ],
  [
    ['cloud.google.com/gke-gpu-partition-size', 'nvidia.com/gpu.product'],
    'nodeSelector and node affinity of Pods',
    'The Pod asks for a part of a GPU: the signal `gpu`.',
  ],
  [
    ['topology.kubernetes.io/*'],
    'labels of Bindings',
    'The API server adds them, so the guard lets them pass, even where a policy reads them.',
  ],
  [
    nodeLabelsOfClasses(),
    'labels of Nodes',
    'Well-known RuntimeClasses ([runtimeclasses.yaml](../policies/runtimeclasses.yaml)), those of the chart among them, select their nodes by these.',
  ],
  [
    ['istio-injection', 'istio.io/rev', 'sidecar.istio.io/inject'],
    'labels of Namespaces and Pods, and, of the last, annotation of Pods',
    '`review` adds the init container that Istio would add.',
  ],
  [['linkerd.io/inject'], 'annotation of Namespaces and Pods', 'The same for Linkerd.'],
  [['kuma.io/sidecar-injection'], 'label of Namespaces and Pods', 'The same for Kuma.'],
  [['consul.hashicorp.com/connect-inject'], 'annotation of Pods', 'The same for Consul.'],
  [
    [
      'pod-template-hash',
      'controller-revision-hash',
      'pod-template-generation',
      'statefulset.kubernetes.io/pod-name',
      'apps.kubernetes.io/pod-index',
      'batch.kubernetes.io/job-name',
      'batch.kubernetes.io/controller-uid',
      'batch.kubernetes.io/job-completion-index',
      'job-name',
      'controller-uid',
    ],
    'labels of Pods, and, of `job-completion-index`, annotation too',
    '`review` adds those that the controller of a workload would add, so that selectors of policies see them.',
  ],
  [
    ['config.kubernetes.io/origin'],
    'annotation of what kustomize has built',
    '`review --kustomize` names the file that it tells of ([where it stands](review.md#charts-kustomizations-templates)).',
  ],
  [
    ['kubectl.kubernetes.io/last-applied-configuration'],
    'annotation of what `kubectl apply` has made',
    'It holds the whole manifest, so [`explain --fix`](explain.md) prints no line of it.',
  ],
  [
    ['pod-security.kubernetes.io/enforce'],
    'label of Namespaces',
    '`doctor` counts the namespaces that enforce a Pod Security Standard, which a class can [switch off](troubleshooting.md#pod-security).',
  ],
  [
    ['endpointslice.kubernetes.io/managed-by', 'kubernetes.io/service-name'],
    'labels of EndpointSlices',
    '`doctor` finds the addresses that the Service leads to, and those that somebody else added.',
  ],
  [
    ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'],
    'labels of Nodes',
    'The chart spreads replicas over these.',
  ],
  [
    ['meta.helm.sh/release-name', 'meta.helm.sh/release-namespace'],
    'annotations of objects that are there already',
    'The chart asks whether another release made them.',
  ],
  [
    ['cert-manager.io/inject-ca-from'],
    'annotation of webhook configurations',
    'The chart sets it for cert-manager, and `doctor` finds the Certificate by it.',
  ],
];

/** The keys in the audit log, and their meaning. */
export const AUDIT: Readonly<Record<string, string>> = {
  verdict: '`admit`, `sandbox` or `reject`',
  required: 'the isolation that the Pod needs',
  score: 'the score under the policy that governed',
  policy: 'the policy that governed',
  'runtime-class': 'the class that the Pod has or is given; left out where there is none',
  findings:
    'exposures and breakouts with their places and who waived them, the first ten; left out where there are none',
};

const INTRO =
  'This page lists every label and annotation that Cofferdam sets or reads, with who sets it and what follows from it. What the author of a Pod writes on it can only tighten the decision, except for a label by which an exemption chooses its Pods. Labels and annotations `cofferdam.dev/*` of a Pod, and labels that a policy or an exemption reads, can only be set on the Pod itself: the [guard](guard.md) refuses them in writes of `pods/status` and in Bindings.';

const OWN_LABELS =
  'Labels of your own count where a policy or an exemption names them: `match.podSelector` and `match.namespaceSelector` choose Pods by them, `scoring.labels` weighs them, and rules read all of them ([Policy reference](policy-reference.md)). The locks do not cover labels of your own on Namespaces.';

const WRITTEN =
  'The webhook writes these when it gives a new Pod its class, in the modes `inject` and `enforce`. There is no need to set them. In these modes, from a new Pod that needs no class, or names its own, the webhook takes them off. An author who claims that the class of the Pod was injected gains nothing: it can then be replaced by a stronger one. Whoever may change the Pod later can change the annotations, and no decision goes by them then.';

const SIGNALS_INTRO =
  'Container runtimes and plugins of the node obey these annotations, and an author could take a sandbox apart with them. So each is a [signal](signals.md), which an exemption can waive. In the keys of breakouts, upper and lower case are the same.';

const AUDIT_INTRO =
  'The API server writes these into its audit log, with the name of the webhook and a slash before each, such as `enforce.mutate.cofferdam.dev/verdict`.';

/** Every label and annotation, by who sets it. */
export function labelsPage(): string {
  const audit = Object.entries(AUDIT).map(([key, what]) => [code(key), what]);
  const read = READ().map(([keys, where, what]) => [listed(keys), where, what]);
  return page(
    'Labels and annotations',
    'scripts/pages/labels.ts and the names, words and weights in src and policies',
    INTRO,
    `## Labels that you set\n\n${table(['label', 'on', 'values', 'what it does', 'who may change it'], SET_BY_PEOPLE())}\n\n${OWN_LABELS}`,
    `## Annotations that the webhook writes on Pods\n\n${WRITTEN}\n\n${table(['annotation', 'value', 'what it says'], ON_PODS)}`,
    `## What is written on other objects\n\n${table(['key', 'on', 'by', 'what it says'], ON_OTHERS)}`,
    `## Annotations of Pods that are signals\n\n${SIGNALS_INTRO}\n\n${table(['annotation', 'signal', 'no finding'], signalRows())}`,
    `## What else is read\n\n${table(['key', 'where', 'what follows'], read)}`,
    `## Annotations in the audit log\n\n${AUDIT_INTRO}\n\n${table(['key', 'what it says'], audit)}`,
  );
}

const signalLink = (id: SignalId): string => `${code(id)} (${signalById.get(id)?.category})`;

function signalRows(): readonly (readonly string[])[] {
  const families = NAMED.map(([name, family]) => [
    keysOf(family),
    signalLink(`${name}Annotation` as SignalId),
    letPass(family),
  ]);
  return [
    ...families,
    [
      code(`${APP_ARMOR_PREFIX}*`),
      `${signalLink('appArmorUnconfined')}, ${signalLink('appArmorLocalhost')}`,
      '`runtime/default`, and no value',
    ],
    [code('node.gke.io/enable-writable-cgroups.*'), signalLink('writableCgroups'), 'any value but `true`'],
  ];
}

const keysOf = ({ prefixes, part }: Family): string =>
  listed([...prefixes.map(prefix => `${prefix}*`), ...(part === undefined ? [] : [`*${part}*`])]);

function letPass({ allowed = new Set(), allowedForm, allowedPrefixes = [], part }: Family): string {
  const form = allowedForm === undefined ? [] : [allowedForm.source];
  return listed([...allowed, ...form, ...allowedPrefixes.map(prefix => `${prefix}*${part}*`)]);
}
