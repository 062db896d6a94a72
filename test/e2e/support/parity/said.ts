import type { V1Pod } from '@kubernetes/client-node';
import type { Recorded } from '../recorder.ts';

/** What a review or a webhook says about a Pod. */
export interface Said {
  readonly verdict: string;
  readonly outcome: string;
  readonly runtimeClass: string | null;
  readonly required: string;
  readonly score: number;
  readonly policy: string;
  /** Names each signal that was found, once. */
  readonly signals: readonly string[];
  readonly rules: readonly Rule[];
  /** Their names. */
  readonly exemptions: readonly string[];
}

interface Rule {
  readonly policy: string;
  readonly name: string;
  readonly weight: number;
  readonly message?: string;
  readonly error?: string;
}

/** One of `results` in `-o json`. */
export interface Result extends Omit<Said, 'signals' | 'rules' | 'exemptions'> {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly findings: readonly { readonly signal: string }[];
  readonly rules?: readonly Rule[];
  readonly exemptions: readonly { readonly name: string }[];
  /** The workload at the top, for a Pod that runs. */
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly reasons: readonly string[];
  readonly nodes?: {
    readonly cannotRun: readonly string[];
    readonly otherwise?: readonly { readonly runtimeClass: string; readonly nodes: readonly string[] }[];
  };
}

/** The result for the node of a DaemonSet's Pod; undefined where it only says that the node cannot run it. */
export function onItsNode(result: Result, pod: V1Pod): Result | undefined {
  const { nodes, runtimeClass } = result;
  if (!nodes) return result;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const node = required?.nodeSelectorTerms[0]?.matchFields?.[0]?.values?.[0] ?? '';
  if (nodes.cannotRun.includes(node)) return undefined;
  const other = nodes.otherwise?.find(one => one.nodes.includes(node));
  return { ...result, runtimeClass: other?.runtimeClass ?? runtimeClass };
}

export const saidByReview = (result: Result): Said => ({
  ...answerIn(result),
  runtimeClass: result.runtimeClass,
  signals: [...new Set(result.findings.map(({ signal }) => signal))],
  rules: (result.rules ?? []).map(withStart),
  exemptions: result.exemptions.map(({ name }) => name),
});

/** One line of the webhook's log. */
export type Line = Readonly<Record<string, unknown>>;

export const saidByWebhook = (line: Line): Said => ({
  ...answerIn(line as unknown as Answer),
  runtimeClass: (line.runtimeClass as string | undefined) ?? null,
  signals: line.signals as readonly string[],
  rules: ((line.rules ?? []) as readonly Rule[]).map(withStart),
  exemptions: ((line.exemptions ?? []) as readonly { readonly name: string }[]).map(({ name }) => name),
});

type Answer = Pick<Said, 'verdict' | 'outcome' | 'required' | 'score' | 'policy'>;

const answerIn = ({ verdict, outcome, required, score, policy }: Answer) => ({
  verdict,
  outcome,
  required,
  score,
  policy,
});

/** The log only has the beginning of an error. */
const withStart = ({ error, ...rule }: Rule): Rule => ({
  ...rule,
  ...(error !== undefined && { error: error.slice(0, 200) }),
});

/**
 * The reason as the webhook gave it to whoever created the Pod, without the places of findings, which differ in a manifest, and
 * up to where the API server would have cut it. Undefined where it gave none: for what is admitted, and in mode audit.
 */
export function reasonTold({ response }: Pick<Recorded, 'response'>): string | undefined {
  const [line = ''] = (response.status?.message ?? response.warnings?.[0] ?? '').split('\n');
  const said = /^Pod "[^"]*"(?:(?: would be)? rejected(?: by policy "[^"]*")?| would be .*?|): (.*)$/.exec(
    line,
  )?.[1];
  return said?.replaceAll(/ \((?:spec|metadata)[.[].*?\)(?=[ ,;:]|$)/g, '').replace(/(?: \([^)]*)?…$/, '');
}
