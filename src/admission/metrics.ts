import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Mode } from '../pod/mode.ts';
import type { Snapshot } from '../policy/policy.ts';
import type { Judgement, Path } from './judgement.ts';
import { signalsOf } from './log-fields.ts';
import { type PolicyLabels, policyLabels } from './policy-label.ts';
import { tally } from './tally.ts';

/** What the second port shows. Every label takes its values from a closed set: a caller cannot add series. */
export interface Metrics {
  readonly registry: Registry;
  /** @param seconds from the request's head to its answer */
  judged(judgement: Judgement, path: Path, mode: Mode, seconds: number): void;
  /** Counts a review by a stranger, where callers are known. Nothing else counts it. */
  stranger(path: Path, mode: Mode): void;
  /** @param expires milliseconds since the epoch */
  certificate(expires: number): void;
  certificateProblem(): void;
  /** Called with each set of policies that comes into force, so that counts of policies that are gone go with them. */
  inForce(snapshot: Snapshot): void;
  /** @param problems how many the newest set of policies has; 0 when it is in force */
  policies(problems: number): void;
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Makes a registry of its own, so that two servers in one process do not share one. */
export function createMetrics(version: string): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = {
    registry,
    ...judgements([registry]),
    stranger: strangers([registry]),
    ...standing([registry]),
  };
  new Gauge({
    name: 'cofferdam_build_info',
    help: 'Always 1. Its labels tell the versions of Cofferdam and of Node.js.',
    labelNames: ['version', 'node'] as const,
    registers: [registry],
  }).set({ version, node: process.version }, 1);
  return metrics;
}

/** The metrics of each request. */
function judgements(registers: Registry[]): Pick<Metrics, 'judged' | 'inForce'> {
  const requests = tally({
    name: 'cofferdam_admission_requests_total',
    help: 'AdmissionReviews that were answered, whatever the answer was.',
    labelNames: ['path', 'mode', 'operation', 'verdict'] as const,
    registers,
  });
  const duration = new Histogram({
    name: 'cofferdam_admission_duration_seconds',
    help: 'Seconds from the arrival of the headers of an AdmissionReview to its answer.',
    labelNames: ['path', 'mode', 'operation', 'verdict'] as const,
    buckets: SECONDS,
    registers,
  });
  const decisions = tally({
    name: 'cofferdam_decisions_total',
    help: 'Decisions on Pods, and on the Pods of workloads, by the policy that governed and by the verdict, whatever the mode did with it.',
    labelNames: ['policy', 'verdict'] as const,
    registers,
  });
  const signals = tally({
    name: 'cofferdam_signals_total',
    help: 'Decisions in which a signal was found at least once, whether or not an exemption waived it.',
    labelNames: ['signal'] as const,
    registers,
  });
  let labels: PolicyLabels | undefined;
  return {
    judged: ({ verdict, request, decision }, path, mode, seconds) => {
      const operation = request?.operation ?? 'unknown';
      requests.add(path, mode, operation, verdict);
      duration.observe({ path, mode, operation, verdict }, seconds);
      if (!decision) return;
      if (labels) decisions.add(labels.of(decision.governing.policy), decision.verdict);
      for (const signal of signalsOf(decision)) signals.add(signal);
    },
    inForce: snapshot => {
      const current = policyLabels(snapshot);
      labels = current;
      decisions.retain(([policy = '']) => current.has(policy));
    },
  };
}

function strangers(registers: Registry[]): Metrics['stranger'] {
  const reviews = tally({
    name: 'cofferdam_stranger_reviews_total',
    help: 'AdmissionReviews from callers that did not show a client certificate, where --client-ca asks for one and --strangers serves them too. No other metric counts these.',
    labelNames: ['path', 'mode'] as const,
    registers,
  });
  return reviews.add;
}

/** The metrics of what requests are answered with: the certificate and the policies. */
function standing(registers: Registry[]): Pick<Metrics, 'certificate' | 'certificateProblem' | 'policies'> {
  const expiry = new Gauge({
    name: 'cofferdam_certificate_expiry_timestamp_seconds',
    help: 'When the serving certificate expires, in seconds since the Unix epoch.',
    registers,
  });
  const certificateProblems = new Counter({
    name: 'cofferdam_certificate_reload_errors_total',
    help: 'How often a changed serving certificate could not be used. The previous one stays in use.',
    registers,
  });
  const policyProblems = new Gauge({
    name: 'cofferdam_policy_problems',
    help: 'Errors in the newest policies, exemptions and profiles. The last valid version of such an object stays in force; an object that has none is not in force.',
    registers,
  });
  return {
    certificate: expires => expiry.set(expires / 1000),
    certificateProblem: () => certificateProblems.inc(),
    policies: problems => policyProblems.set(problems),
  };
}

/** @param dropped how many lines of the log were dropped so far */
export function countDropped(registry: Registry, dropped: () => number): void {
  new Counter({
    name: 'cofferdam_log_lines_dropped_total',
    help: 'Lines of the log about decisions that were dropped, because whatever reads the log was too far behind.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(dropped());
    },
  });
}
