import type { Remark } from '../../report/checkup/checkup.ts';
import { quote } from '../../source/text.ts';
import { type CheckOutcome, defineCheck, failure, idle, warning } from '../check.ts';
import type { Certificate } from '../state.ts';
import { homesOf, isOwn, SERVICE } from '../webhooks.ts';

/** Renewing takes seconds; with an issuer that asks people, hours. */
const RENEWAL_LATE_MS = 60 * 60 * 1000;

/** What cert-manager says of the certificate that replicas serve with. One that the user brings is not to be seen here. */
export const servingCertificate = defineCheck({
  id: 'serving-certificate',
  group: 'Installation',
  title: 'cert-manager keeps the certificate in date',
  reads: ['mutating', 'validating', 'certificates'],
  run: ({ mutating, validating, certificates }, { now }) => {
    const own = [...mutating, ...validating].filter(isOwn);
    if (own.length === 0) return idle('not installed');
    const homes = homesOf(own);
    const issued = certificates.filter(({ metadata }) => homes.includes(metadata?.namespace ?? ''));
    const [named] = own.flatMap(({ caFrom }) => caFrom ?? []);
    if (issued.length === 0)
      return named === undefined ? idle('no Certificate of cert-manager') : lost(named);
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
      `Certificate ${quote(named)}, which the webhook configurations name, is not there: nobody renews what replicas serve, nor puts it right.`,
      'Apply the chart again, and delete the Secret of the certificate if somebody may have written it.',
    ),
  ],
});

function remarksOn({ metadata, status }: Certificate, now: number): readonly Remark[] {
  const namespace = metadata?.namespace ?? '';
  const who = `Certificate ${quote(SERVICE)} in ${quote(namespace)}`;
  const fix = `See why: kubectl describe certificates.cert-manager.io ${SERVICE} -n ${namespace}`;
  const { notAfter, renewalTime } = status ?? {};
  if (notAfter !== undefined && Date.parse(notAfter) <= now) {
    return [failure(`${who} expired at ${notAfter}: the API server trusts no replica.`, fix)];
  }
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status !== 'True') {
    return [failure(`${who} is not ready: ${ready?.message ?? 'cert-manager has not looked at it'}`, fix)];
  }
  const late = renewalTime !== undefined && Date.parse(renewalTime) + RENEWAL_LATE_MS < now;
  return late ? [warning(`${who} was to be renewed at ${renewalTime}, and was not.`, fix)] : [];
}
