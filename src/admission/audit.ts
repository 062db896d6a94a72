import type { Decision } from '../decision/decision.ts';
import { isRisk, signalById } from '../signals/index.ts';
import type { Finding } from '../signals/signal.ts';
import { clean } from '../source/text.ts';
import type { AuditAnnotations } from './respond.ts';

/** Audit events have to be small; the log has what is left out of them. */
const MOST_FINDINGS = 10;
const MOST_CHARACTERS = 200;

/** What the audit log says of a decision. It holds no values, as not everybody who reads that log may see them. */
export function auditAnnotations(decision: Decision): AuditAnnotations {
  const { verdict, required, governing, runtimeClass, findings } = decision;
  return {
    verdict,
    required,
    score: String(governing.score),
    policy: governing.policy,
    ...(runtimeClass && { 'runtime-class': clean(runtimeClass, MOST_CHARACTERS) }),
    ...findingsThatCount(findings),
  };
}

/**
 * `privileged (spec.containers[0].securityContext.privileged), …, and 3 more`: exposures and breakouts, the heaviest first.
 * Waived ones are marked as waived.
 */
function findingsThatCount(findings: readonly Finding[]): AuditAnnotations {
  const counting = findings.filter(({ signal }) => isRisk(signal));
  if (counting.length === 0) return {};
  const shown = counting
    .toSorted((a, b) => weightOf(b) - weightOf(a))
    .slice(0, MOST_FINDINGS)
    .map(({ signal, path, waivedBy }) => {
      const waived = waivedBy ? `, waived by ${waivedBy}` : '';
      return `${signal} (${clean(path, MOST_CHARACTERS)}${waived})`;
    });
  const more = counting.length - shown.length;
  return { findings: more > 0 ? `${shown.join(', ')}, and ${more} more` : shown.join(', ') };
}

const weightOf = ({ signal }: Finding): number => signalById.get(signal)?.weight ?? 0;
