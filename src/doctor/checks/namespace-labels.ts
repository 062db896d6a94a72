import { MINIMUM_ISOLATION_LABEL, RISK_LABEL } from '../../pod/labels.ts';
import type { NamespaceFacts } from '../../pod/namespace.ts';
import type { Snapshot } from '../../policy/policy.ts';
import { ISOLATIONS, isIsolation, meantIsolation } from '../../profiles/isolation.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { suggest } from '../../source/flaw.ts';
import { list, quote } from '../../source/text.ts';
import { defineCheck, warning } from '../check.ts';

/** An unknown value counts as the strongest, which is safe, but seldom what was meant. */
export const namespaceLabels = defineCheck({
  id: 'namespace-labels',
  group: 'Namespaces',
  title: 'the risk and the minimum isolation of every namespace are known values',
  reads: ['namespaces'],
  run: ({ namespaces }, { snapshot }) => {
    const risks = risksOf(snapshot);
    return { remarks: namespaces.flatMap(namespace => [...risk(namespace, risks), ...minimum(namespace)]) };
  },
});

const risksOf = ({ policies, fallback }: Snapshot): readonly string[] => [
  ...new Set(
    [...policies, fallback]
      .flatMap(({ labels }) => labels.filter(({ key }) => key === RISK_LABEL))
      .flatMap(({ weights }) => [...weights.keys()]),
  ),
];

function risk({ name, labels }: NamespaceFacts, known: readonly string[]): readonly Remark[] {
  const value = labels[RISK_LABEL];
  if (value === undefined || known.includes(value)) return [];
  const message = `Namespace ${quote(name)} has ${RISK_LABEL}=${value}, a value that no policy knows, so it counts as the highest risk.`;
  return [warning(message, suggest(value, known, `Set it to ${list(known, 'or')}.`))];
}

function minimum({ name, labels }: NamespaceFacts): readonly Remark[] {
  const value = labels[MINIMUM_ISOLATION_LABEL];
  if (value === undefined || isIsolation(value)) return [];
  const message = `Namespace ${quote(name)} has ${MINIMUM_ISOLATION_LABEL}=${value}, which is not an isolation, so it counts as the strongest one.`;
  const meant = meantIsolation(value);
  return [warning(message, meant ? `Did you mean ${meant}?` : `Set it to ${list(ISOLATIONS, 'or')}.`)];
}
