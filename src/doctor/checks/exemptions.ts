import type { KubeObject } from '../../kube/object.ts';
import { isToDo } from '../../policy/exemption.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { count, list, quote } from '../../source/text.ts';
import { DAY_MS } from '../../source/time.ts';
import { defineCheck, idle, warning } from '../check.ts';

const SOON_DAYS = 14;

/** When an exemption expires, its Pods are rejected at their next restart. */
export const exemptions = defineCheck({
  id: 'exemptions',
  group: 'Exemptions',
  title: 'no exemption has expired, is about to expire, or is still a draft',
  reads: ['exemptions'],
  run: ({ exemptions: found }, { now }) => {
    if (found.length === 0) return idle('there are no exemptions');
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
  const fix = 'Review it with its owner; then set a new date of expiry, or delete it.';
  if (Number.isNaN(end)) return [warning(`${who} has no valid expiry date, so it is not in force.`, fix)];
  const date = new Date(end).toISOString().slice(0, 10);
  if (end <= now)
    return [
      warning(
        `${who} expired on ${date} and no longer waives anything. Its Pods are rejected the next time they are created.`,
        fix,
      ),
    ];
  const days = Math.ceil((end - now) / DAY_MS);
  const open = Object.entries({ owner, reason }).flatMap(([key, text]) =>
    text && isToDo(text) ? [key] : [],
  );
  return [
    ...(days > SOON_DAYS
      ? []
      : [
          warning(
            `${who} expires in ${count(days, 'day')}, on ${date}. From then on, its Pods are rejected when they are created.`,
            fix,
          ),
        ]),
    ...(open.length > 0
      ? [
          warning(
            `${who} is in force, but still a draft: its ${list(open)} ${open.length > 1 ? 'are' : 'is'} still to be filled in, so nobody knows whom to ask.`,
            'Write into it who answers for it, and why it is needed.',
          ),
        ]
      : []),
  ];
}
