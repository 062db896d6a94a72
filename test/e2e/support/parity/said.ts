import type { V1Pod } from '@kubernetes/client-node';
import type { Recorded } from '../recorder.ts';

/** What a review, or a webhook, says of a Pod. */
export interface Said {
  readonly verdict: string;
  readonly outcome: string;
  readonly runtimeClass: string | null;
  readonly required: string;
  readonly score: number;
  readonly policy: string;
  /** Each that was found, once. */
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

/** What it says of the node of a DaemonSet's Pod; undefined where it says no more than that the node cannot run it. */
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

/** The log has the start of an error alone. */
const withStart = ({ error, ...rule }: Rule): Rule => ({
  ...rule,
  ...(error !== undefined && { error: error.slice(0, 200) }),
});

/**
 * Why, as the webhook told whoever made the Pod, without the places of what was found, which are others in a manifest, and
 * up to where the API server would have cut it. Undefined where it told nothing: of what is admitted, and in mode audit.
 */
export function reasonTold({ response }: Pick<Recorded, 'response'>): string | undefined {
  const [line = ''] = (response.status?.message ?? response.warnings?.[0] ?? '').split('\n');
  const said = /^Pod "[^"]*"(?:(?: would be)? rejected(?: by policy "[^"]*")?| would be .*?|): (.*)$/.exec(
    line,
  )?.[1];
  return said?.replaceAll(/ \((?:spec|metadata)[.[].*?\)(?=[ ,;:]|$)/g, '').replace(/(?: \([^)]*)?…$/, '');
}
