import type { Decision } from '../decision/decision.ts';
import { clean, count, list, quote } from './text.ts';
import { someOf } from './words.ts';

/** What exemptions did for one object: `"agents" waives hostPID until 2027-03-01T00:00:00Z (platform: reads /proc)` */
export const exemptionSentences = ({ exemptions }: Pick<Decision, 'exemptions'>): string[] =>
  exemptions.map(
    ({ name, owner, reason, expires, signals }) =>
      `${quote(name)} waives ${list(signals)} until ${timeOf(expires)} (${clean(owner)}: ${clean(reason, 400)})`,
  );

const timeOf = (expires: number): string => new Date(expires).toISOString().replace('.000Z', 'Z');

/** Whether an exemption applied. */
export const isExempt = ({ decision }: { readonly decision: Pick<Decision, 'exemptions'> }): boolean =>
  decision.exemptions.length > 0;

/** `2 of them have an exemption: agents and backup.`; empty for none. */
export function exemptCount(results: readonly { readonly decision: Decision }[]): string {
  const exempt = results.filter(isExempt);
  if (exempt.length === 0) return '';
  const names = [...new Set(exempt.flatMap(({ decision }) => decision.exemptions.map(({ name }) => name)))];
  return `${count(exempt.length, 'of them has an exemption', 'of them have an exemption')}: ${someOf(names.map(name => clean(name)))}.`;
}
