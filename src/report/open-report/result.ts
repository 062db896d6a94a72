import type { Decision } from '../../decision/decision.ts';
import { type Isolation, rank } from '../../profiles/isolation.ts';
import { isRisk } from '../../signals/index.ts';
import { clean } from '../../source/text.ts';
import { fixSentence } from '../words/fix.ts';
import { outcomeSentence } from '../words/outcome.ts';
import { isolationWords, withPlace } from '../words/terms.ts';
import type { ReportResult, ResultWord, Severity } from './types.ts';

/** A Pod that runs, with what today's policies say about one like it. */
export interface ScannedPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly decision: Decision;
  /** The isolation that it runs in, whatever was decided. */
  readonly isolation: Isolation;
}

const MESSAGE_LIMIT = 600;
const FIX_LIMIT = 400;
const CATEGORY = 'Workload Isolation';

/** True where it runs less isolated than today's policies ask. A mirror Pod belongs to its kubelet, and no policy reaches it. */
export const isDrifted = ({ decision, isolation }: ScannedPod): boolean =>
  decision.outcome !== 'mirror' && rank(isolation) < rank(decision.required);

/**
 * The result in the words of that API. `fail`: a requirement is not met, and the Pod would be rejected. `warn`: one is not met,
 * but nothing would be refused, as its successor would be sandboxed. `skip`: no policy reaches it.
 */
export function wordOf(pod: ScannedPod): ResultWord {
  if (pod.decision.verdict === 'reject') return 'fail';
  if (pod.decision.outcome === 'mirror') return 'skip';
  return isDrifted(pod) ? 'warn' : 'pass';
}

/** @param word the Pod's word, `fail` or `warn` */
export function resultOf(pod: ScannedPod, word: ResultWord, seconds: number): ReportResult {
  const { decision, isolation } = pod;
  const fix = fixSentence(decision);
  const signals = new Set(decision.findings.filter(bears).map(({ signal }) => signal));
  return {
    policy: decision.governing.policy,
    rule: decision.outcome,
    category: CATEGORY,
    severity: severityOf(decision),
    timestamp: { seconds, nanos: 0 },
    result: word,
    scored: word !== 'warn',
    resources: [subject(pod)],
    message: clean(messageOf(pod), MESSAGE_LIMIT),
    properties: {
      isolation,
      required: decision.required,
      score: String(decision.governing.score),
      ...(decision.runtimeClass !== undefined && { runtimeClass: decision.runtimeClass }),
      ...(signals.size > 0 && { signals: clean([...signals].join(', '), FIX_LIMIT) }),
      ...(fix !== '' && { fix: clean(fix, FIX_LIMIT) }),
    },
  };
}

/** A Pod that could not be judged. @param message why, without a full stop */
export const unreadableResult = (
  pod: Pick<ScannedPod, 'namespace' | 'name' | 'uid'>,
  message: string,
  seconds: number,
): ReportResult => ({
  policy: 'cofferdam',
  rule: 'unreadable',
  category: CATEGORY,
  severity: 'high',
  timestamp: { seconds, nanos: 0 },
  result: 'error',
  scored: true,
  resources: [subject(pod)],
  message: clean(`cannot be judged: ${message}`, MESSAGE_LIMIT),
  properties: {},
});

const subject = ({ namespace, name, uid }: Pick<ScannedPod, 'namespace' | 'name' | 'uid'>) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  namespace,
  name,
  uid,
});

/** Risks that nobody waived. `cofferdam explain` has the rest, which only affects placement or is a lapse of hygiene. */
const bears = ({ signal, waivedBy }: Decision['findings'][number]): boolean =>
  waivedBy === undefined && isRisk(signal);

function messageOf({ decision, isolation }: ScannedPod): string {
  const why = outcomeSentence(decision, withPlace, 'would be');
  const lead = decision.verdict === 'reject' ? 'would be rejected' : `runs on ${isolationWords(isolation)}`;
  return `${lead}: ${why}`;
}

/** The severity, by the score and by the required isolation, as a low score may still require a VM. */
function severityOf({ governing, required }: Decision): Severity {
  if (governing.score >= 90) return 'critical';
  if (governing.score >= 70 || rank(required) >= rank('vm')) return 'high';
  return governing.score >= 30 || rank(required) >= rank('app-kernel') ? 'medium' : 'low';
}
