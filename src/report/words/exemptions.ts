import type { Decision } from '../../decision/decision.ts';
import { clean, count, list, quote, someOf } from '../../source/text.ts';
import type { Reviewed } from '../result.ts';
import { objectName } from './terms.ts';

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

/** How many are named: as many as can be read where nothing else mentions them. */
const MOST_TOLD = 20;

/**
 * The same for a format without exemptions beside their objects: `2 of all objects have an exemption: agents (DaemonSet/a and
 * DaemonSet/b; platform, until 2027-03-01).`
 * @param of what these are a part of
 */
export function exemptOverall(results: readonly Reviewed[], of = 'of all objects'): string {
  const exempt = results.filter(isExempt);
  if (exempt.length === 0) return '';
  const uses = exempt.flatMap(result => result.decision.exemptions.map(exemption => ({ exemption, result })));
  const told = [...Map.groupBy(uses, ({ exemption }) => exemption.name).values()].flatMap(some => {
    const [first] = some;
    if (!first) return [];
    const { name, owner, expires } = first.exemption;
    const who = someOf(some.map(({ result }) => objectName(result)));
    return `${clean(name)} (${who}; ${clean(owner)}, until ${timeOf(expires).replace('T00:00:00Z', '')})`;
  });
  return `${count(exempt.length, `${of} has an exemption`, `${of} have an exemption`)}: ${someOf(told, MOST_TOLD)}.`;
}
