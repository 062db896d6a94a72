import type { Remark } from '../../report/checkup/checkup.ts';
import { quote, sentence } from '../../source/text.ts';
import { type CheckOutcome, defineCheck, failure, idle, warning } from '../check.ts';
import type { Certificate } from '../state.ts';
import { homesOf, isOwn, SERVICE } from '../webhooks.ts';

/** Renewing takes seconds, or hours with an issuer that asks people. */
const RENEWAL_LATE_MS = 60 * 60 * 1000;

/**
 * What cert-manager says about the certificate that replicas serve with. A certificate that the user provides cannot be seen
 * here.
 */
export const servingCertificate = defineCheck({
  id: 'serving-certificate',
  group: 'Installation',
  title: 'cert-manager keeps the certificate of the replicas valid',
  reads: ['mutating', 'validating', 'certificates'],
  run: ({ mutating, validating, certificates }, { now }) => {
    const own = [...mutating, ...validating].filter(isOwn);
    if (own.length === 0) return idle('Cofferdam is not installed');
    const homes = homesOf(own);
    const issued = certificates.filter(({ metadata }) => homes.includes(metadata?.namespace ?? ''));
    const [named] = own.flatMap(({ caFrom }) => caFrom ?? []);
    if (issued.length === 0)
      return named === undefined ? idle('no Certificate of cert-manager is in use') : lost(named);
    const ends = issued.flatMap(({ status }) => status?.notAfter ?? []).sort();
    return {
      ...(ends[0] !== undefined && { seen: `until ${ends[0]}` }),
      remarks: issued.flatMap(certificate => remarksOn(certificate, now)),
    };
  },
});

const lost = (named: string): CheckOutcome => ({
  remarks: [
    failure(
      `Certificate ${quote(named)}, which the webhook configurations name, does not exist, so nobody renews the certificate that the replicas serve.`,
      'Run helm upgrade again with the same values. If somebody may have written the Secret of the certificate, delete the Secret as well.',
    ),
  ],
});

function remarksOn({ metadata, status }: Certificate, now: number): readonly Remark[] {
  const namespace = metadata?.namespace ?? '';
  const who = `Certificate ${quote(SERVICE)} in ${quote(namespace)}`;
  const fix = `Find out why: kubectl describe certificates.cert-manager.io ${SERVICE} -n ${namespace}`;
  const { notAfter, renewalTime } = status ?? {};
  if (notAfter !== undefined && Date.parse(notAfter) <= now) {
    return [
      failure(
        `${who} expired at ${notAfter}, so the API server trusts no replica, and every call of the webhook fails.`,
        fix,
      ),
    ];
  }
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') {
    return [
      failure(
        sentence(`${who} is not ready: ${ready?.message ?? 'cert-manager has not processed it yet'}`),
        fix,
      ),
    ];
  }
  const late = renewalTime !== undefined && Date.parse(renewalTime) + RENEWAL_LATE_MS < now;
  return late ? [warning(`${who} was due to be renewed at ${renewalTime}, but has not been.`, fix)] : [];
}
