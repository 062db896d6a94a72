import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { parse } from 'yaml';
import { watchMetrics } from '../../src/admission/informer-metrics.ts';
import type { Judgement, Path } from '../../src/admission/judgement.ts';
import { countDropped, createMetrics } from '../../src/admission/metrics.ts';
import { guardTeller } from '../../src/controller/guard/tell.ts';
import { leaderGauge } from '../../src/controller/leader.ts';
import { scanMetrics } from '../../src/controller/scan/metrics.ts';
import { createLogger } from '../../src/log/logger.ts';
import { MODES } from '../../src/pod/mode.ts';
import { ISOLATIONS } from '../../src/profiles/isolation.ts';
import { KINDS } from '../../src/source/group.ts';
import { code, page, table } from './markdown.ts';

/** A metric as its registry describes it. */
export interface Described {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** The names of this project's metrics begin with it; the others are those that prom-client collects about every process. */
const PREFIX = 'cofferdam_';

interface Group {
  readonly title: string;
  readonly text: string;
  /** Creates the metrics by the functions that `serve` calls. */
  readonly create: (registry: Registry) => void | Promise<void>;
}

const GROUPS: readonly Group[] = [
  {
    title: 'Replicas that watch a cluster',
    text: 'They are there with `--kubeconfig` or `--in-cluster`.',
    create: registry => watchMetrics(registry, [], Date.now),
  },
  {
    title: 'The leader',
    text: 'Every replica shows it where there is [work for a leader](scan.md#the-leader): `--status`, `--guard` or `--scan`.',
    create: leaderGauge,
  },
  {
    title: 'The guard',
    text: 'Every replica with `--guard` shows them. Where it is not the leader, it shows 0 or no series.',
    create: registry =>
      void guardTeller(
        createLogger('silent', () => {}),
        registry,
      ),
  },
  {
    title: 'The scan',
    text: 'The leader alone shows them, with `--scan`. The series of a namespace that is gone are gone after the next scan. [Scan](scan.md) says which Pods are scanned, and when.',
    create: registry => scanMetrics(registry).scanned([], 0, 0),
  },
];

/** Every metric that a replica can show, in the groups of the page. */
export async function metricGroups(): Promise<ReadonlyMap<string, readonly Described[]>> {
  const { registry } = createMetrics('');
  countDropped(registry, () => 0);
  const groups = new Map([[EVERY_REPLICA, describe(registry)]]);
  for (const { title, create } of GROUPS) {
    const own = new Registry();
    await create(own);
    groups.set(title, describe(own));
  }
  return groups;
}

const EVERY_REPLICA = 'Every replica';

const describe = (registry: Registry): readonly Described[] =>
  registry.getMetricsAsArray().map(metric => {
    const { name, help, type, labelNames } = metric as typeof metric & { labelNames: readonly string[] };
    return { name, help, type: String(type), labels: labelNames };
  });

/** There is a word for each verdict, so that one that is added to the type has to be explained here. */
const VERDICTS: Readonly<Record<Judgement['verdict'], string>> = {
  admit: 'The Pod may run as it is: on the host kernel, or in the class that it names.',
  sandbox: 'It needs a sandbox. In the modes `inject` and `enforce` the webhook gives it one.',
  reject:
    'No sandbox contains it, or the class that it names is not enough. In the mode `enforce` it is refused.',
  unreadable: 'The request was too large or broken. In the mode `enforce` a Pod is refused. Requests alone.',
  'not-judged': 'There was nothing to judge, such as in the mode `off`. Requests alone.',
};
const PATHS: Readonly<Record<Path, string>> = {
  mutate: 'sees a new Pod before it is stored',
  validate: 'sees what the Pod has become, its updates, and workloads',
};

const told = (words: Readonly<Record<string, string>>): string =>
  Object.entries(words)
    .map(([word, what]) => `${code(word)} ${what}`)
    .join('; ');
const listed = (words: readonly string[]): string => words.map(code).join(', ');

/** The meaning of each label, and the words that it takes. */
export const LABELS: Readonly<Record<string, readonly [what: string, values: string]>> = {
  path: ['which of the two webhooks was called', told(PATHS)],
  mode: ['mode of the namespace, as the called path has it', listed(MODES)],
  operation: ['operation of the request', '`CREATE`, `UPDATE`, `DELETE`, `CONNECT`, or `unknown`'],
  verdict: [
    'what was decided, which is the same in every mode',
    `${listed(Object.keys(VERDICTS))} ([below](#verdicts))`,
  ],
  policy: [
    'the policy that governed',
    'the name of a cluster policy; `SandboxPolicy` for all policies of namespaces together, and `ClusterSandboxPolicy` for cluster policies beyond the first 100 by name',
  ],
  signal: ['id of a signal', '[Signals](signals.md)'],
  kind: ['kind of the objects that are watched', listed(['RuntimeClass', 'Node', 'Namespace', ...KINDS])],
  what: ['what is left out', '`namespace`, `rule`'],
  resource_namespace: [
    'namespace of the Pods. It is not called `namespace`, which a scraper sets to the namespace of the replica',
    '',
  ],
  isolation: ['isolation of the class that the Pods run in', listed(ISOLATIONS)],
  version: ['version of Cofferdam', ''],
  node: ['version of Node.js', ''],
};

const INTRO = `Every replica serves its metrics at \`/metrics\`, over HTTP, on a port of its own (\`--metrics-port\`, by default 8080). [Watching it](operations.md#watching-it) says how Prometheus Operator and Grafana pick them up. The alerts are in [alerts.yaml](../charts/cofferdam/files/alerts.yaml), and [Troubleshooting](troubleshooting.md) says what to do about each.

A histogram shows as three series, whose names end in \`_bucket\`, \`_sum\` and \`_count\`. A caller cannot add series: every label takes its values from a closed set, except \`resource_namespace\`, which has one value for each namespace.`;

const PROCESS = `## The process

Every replica also shows what [prom-client](https://github.com/siimon/prom-client#default-metrics) collects about its process: \`process_*\` (processor time, memory, open files) and \`nodejs_*\` (lag of the event loop, garbage collection, heap).`;

/** Every metric, from the registries that `serve` fills. */
export async function metricsPage(): Promise<string> {
  const alerts = alertsIn(readFileSync(ALERTS, 'utf8'));
  const texts = new Map(GROUPS.map(({ title, text }) => [title, text]));
  const sections = Array.from(await metricGroups(), ([title, metrics]) => {
    const rows = metrics
      .filter(({ name }) => name.startsWith(PREFIX))
      .map(({ name, type, labels, help }) => [
        code(name),
        type,
        listed(labels),
        help,
        listed(alertsOn(name, alerts)),
      ]);
    const parts = [`## ${title}`, texts.get(title), table(HEAD, rows)];
    return parts.filter(part => part !== undefined).join('\n\n');
  });
  const labels = Object.entries(LABELS).map(([name, [what, values]]) => [code(name), what, values]);
  const verdicts = Object.entries(VERDICTS).map(([word, what]) => [code(word), what]);
  return page(
    'Metrics',
    'the registries of src/admission and src/controller',
    INTRO,
    ...sections,
    PROCESS,
    `## Labels\n\n${table(['label', 'what it says', 'values'], labels)}`,
    `### Verdicts\n\n${table(['verdict', 'what it means'], verdicts)}`,
    apiServerSection(alerts),
  );
}

const HEAD = ['metric', 'type', 'labels', 'what it says', 'alerts'];
const ALERTS = new URL('../../charts/cofferdam/files/alerts.yaml', import.meta.url);

interface Alert {
  readonly alert: string;
  readonly expr: string;
}

const alertsIn = (text: string): readonly Alert[] =>
  (parse(text) as { readonly groups: readonly { readonly rules: readonly Alert[] }[] }).groups.flatMap(
    ({ rules }) => rules,
  );

/** The names of metrics in an expression of Prometheus, each once. */
const namesIn = (expr: string): readonly string[] => [
  ...new Set(expr.match(/\b(?:cofferdam|apiserver)_\w+/g) ?? []),
];

const alertsOn = (name: string, alerts: readonly Alert[]): readonly string[] =>
  alerts.filter(({ expr }) => namesIn(expr).includes(name)).map(({ alert }) => alert);

/** The metrics that alerts ask for but no replica has. */
function apiServerSection(alerts: readonly Alert[]): string {
  const rows = alerts.flatMap(({ alert, expr }) =>
    namesIn(expr)
      .filter(name => !name.startsWith(PREFIX))
      .map(name => [code(name), code(alert)]),
  );
  const text =
    'Alerts also read metrics of the API server, where you scrape those. [Kubernetes](https://kubernetes.io/docs/reference/instrumentation/metrics/) says what they mean.';
  return `## The API server\n\n${text}\n\n${table(['metric', 'alert'], rows)}`;
}
