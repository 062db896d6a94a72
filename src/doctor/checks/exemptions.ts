import type { KubeObject } from '../../kube/object.ts';
import { isToDo } from '../../policy/exemption.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { count, list, quote } from '../../source/text.ts';
import { DAY_MS } from '../../source/time.ts';
import { defineCheck, idle, warning } from '../check.ts';

const SOON_DAYS = 14;

/** An exemption that ends rejects its Pods at their next restart. */
export const exemptions = defineCheck({
  id: 'exemptions',
  group: 'Exemptions',
  title: 'no exemption has expired, will soon, or is still a draft',
  reads: ['exemptions'],
  run: ({ exemptions: found }, { now }) => {
    if (found.length === 0) return idle('there is none');
    return { seen: count(found.length, 'exemption'), remarks: found.flatMap(one => remarkOn(one, now)) };
  },
});

function remarkOn(object: KubeObject, now: number): readonly Remark[] {
  const { name } = (object.metadata ?? {}) as { readonly name?: string };
  const { expires, owner, reason } = (object.spec ?? {}) as {
    readonly expires?: string;
    readonly owner?: string;
    readonly reason?: string;
  };
  const end = Date.parse(expires ?? '');
  const who = `Exemption ${quote(name ?? '')}${owner ? ` of ${quote(owner)}` : ''}`;
  const fix = 'Renew it after a review, or delete it.';
  if (Number.isNaN(end)) return [warning(`${who} has no date of expiry, so it is not in force.`, fix)];
  const date = new Date(end).toISOString().slice(0, 10);
  if (end <= now) return [warning(`${who} expired on ${date}: it waives nothing.`, fix)];
  const days = Math.ceil((end - now) / DAY_MS);
  const open = Object.entries({ owner, reason }).flatMap(([key, text]) =>
    text && isToDo(text) ? [key] : [],
  );
  return [
    ...(days > SOON_DAYS
      ? []
      : [warning(`${who} expires in ${count(days, 'day')}, on ${date}: then its Pods are rejected.`, fix)]),
    ...(open.length > 0
      ? [
          warning(
            `${who} is in force as it was drafted: its ${list(open)} ${open.length > 1 ? 'are' : 'is'} still to be filled in.`,
            'Say who answers for it, and why it has to be so.',
          ),
        ]
      : []),
  ];
}
