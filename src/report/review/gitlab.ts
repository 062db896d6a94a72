import { jsonText } from '../../source/text.ts';
import type { Review } from '../result.ts';
import { type Level, remarksOf, withFix } from './remarks.ts';

const SEVERITIES: Readonly<Record<Level, string>> = { error: 'critical', warning: 'major', note: 'info' };

/**
 * `-o gitlab`: a Code Quality report, which a merge request shows with its changes.
 * https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
export function gitlab(review: Review): string {
  const issues = remarksOf(review).map(remark => ({
    description: withFix(remark),
    check_name: remark.rule,
    fingerprint: remark.fingerprint,
    severity: SEVERITIES[remark.level],
    location: { path: remark.position.file, lines: { begin: remark.position.line ?? 1 } },
  }));
  return `${jsonText(issues, 2)}\n`;
}
