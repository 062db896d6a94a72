import { X509Certificate } from 'node:crypto';
import type { Remark } from '../../report/checkup/checkup.ts';
import { quote } from '../../source/text.ts';
import { defineCheck, failure, idle, warning } from '../check.ts';
import { isOwn, type Registration } from '../webhooks.ts';

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
/** cert-manager renews when a third of the lifetime is left; with only a fifth left, it has missed that time. */
const LATE = 1 / 5;

/** The CA by which the API server trusts the webhook's certificate. Once it has expired, every call fails. */
export const webhookCertificates = defineCheck({
  id: 'webhook-certificates',
  group: 'Installation',
  title: 'the CA bundles of the webhooks are valid',
  reads: ['mutating', 'validating'],
  run: ({ mutating, validating }, { now }) => {
    const own = [...mutating, ...validating].filter(isOwn);
    if (own.length === 0) return idle('Cofferdam is not installed');
    const bundles = Map.groupBy(own, ({ caBundle }) => caBundle);
    const checked = [...bundles].map(([bundle, entries]) => checkBundle(bundle, entries, now));
    const seen = checked.map(({ until }) => until).filter(until => until !== undefined);
    return {
      ...(seen.length > 0 && { seen: `until ${day(Math.min(...seen))}` }),
      remarks: checked.flatMap(({ remarks }) => remarks),
    };
  },
});

const FIX =
  'Check that cert-manager, or whatever else issues the certificate, works, and that the bundle holds the CA that signed the certificate of the replicas.';

function checkBundle(
  bundle: string | undefined,
  entries: readonly Registration[],
  now: number,
): { readonly until?: number; readonly remarks: readonly Remark[] } {
  const who = [...new Set(entries.map(({ kind, configuration }) => `${kind} ${quote(configuration)}`))];
  const where = `The CA bundle of ${who.join(' and ')}`;
  const fail = (what: string) => ({ remarks: [failure(`${where} ${what}.`, FIX)] });
  if (bundle === undefined) return fail('is empty, so the API server cannot call the webhook');
  const certificates = read(bundle);
  if (!certificates) return fail('holds no readable certificate, so the API server cannot call the webhook');
  // While a CA is exchanged, the old and the new one are both there.
  const current = certificates.filter(({ from, until }) => from <= now && now < until);
  const last = current.toSorted((a, b) => b.until - a.until)[0];
  if (!last) {
    const [early] = certificates.filter(({ from }) => from > now);
    return early
      ? fail(`is not valid before ${day(early.from)}`)
      : fail(`expired on ${day(Math.max(...certificates.map(({ until }) => until)))}`);
  }
  const { until, from } = last;
  if (until - now >= (until - from) * LATE) return { until, remarks: [] };
  const message = `${where} expires on ${day(until)}, and has not been renewed, although it is time.`;
  return { until, remarks: [warning(message, FIX)] };
}

interface Dates {
  readonly from: number;
  readonly until: number;
}

function read(bundle: string): readonly Dates[] | undefined {
  const blocks = Buffer.from(bundle, 'base64').toString('latin1').match(PEM) ?? [];
  try {
    const certificates = blocks.map(block => new X509Certificate(block));
    if (certificates.length === 0) return undefined;
    return certificates.map(one => ({ from: Date.parse(one.validFrom), until: Date.parse(one.validTo) }));
  } catch {
    return undefined;
  }
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
