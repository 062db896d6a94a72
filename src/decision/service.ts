import type { Finding } from '../signals/signal.ts';
import type { Assessment, Contribution, Decision } from './decision.ts';

/** The decision on a service of a Compose file, in the words of such files. */
export const asService = (decision: Decision): Decision => ({
  ...decision,
  governing: onService(decision.governing),
  others: decision.others.map(onService),
  findings: decision.findings.map(asWritten),
  isService: true,
});

/** What is true or false in a Pod is a word in a service. */
const asWritten = (finding: Finding): Finding =>
  HOST.has(finding.signal) ? { ...finding, written: 'host' } : finding;

const HOST: ReadonlySet<string> = new Set(['hostNetwork', 'hostPID', 'hostIPC']);

const onService = (assessment: Assessment): Assessment => ({
  ...assessment,
  contributions: assessment.contributions.map(
    (one): Contribution => (one.on === 'pod' ? { ...one, on: 'service' } : one),
  ),
});
