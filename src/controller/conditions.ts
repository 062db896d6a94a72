import type { Condition, LiveObject } from '../cluster/live-object.ts';
import type { Compilation } from '../policy/load.ts';
import { whyNotRead } from '../policy/share.ts';
import type { Problem } from '../source/document.ts';
import { clean, shorten } from '../source/text.ts';

/** etcd stores objects of up to 1.5 MiB, but a reader of a status wants far less. */
const MESSAGE_LIMIT = 4096;

type Word = Pick<Condition, 'status' | 'reason' | 'message'>;

/**
 * `Accepted`: the object is in force as it is written. `Degraded`: something does not work as its author may think. Either an
 * older version is in force, or none, or the object is accepted with a warning, such as that an exemption has expired.
 * @param now milliseconds since the epoch
 * @param missing what part of it is not in the guard, and what follows from that
 */
export function conditionsOf(
  { document, generation, conditions, notRead }: LiveObject,
  { accepted, problems }: Pick<Compilation, 'accepted' | 'problems'>,
  now: number,
  missing?: string,
): readonly Condition[] {
  const id = document.position.file;
  const own = byFile(problems).get(id) ?? [];
  const inForce = accepted.get(id);
  const message = messageOf(own);
  const condition = (type: string, word: Word): Condition => ({
    type,
    ...word,
    observedGeneration: generation,
    lastTransitionTime:
      since(type, word.status, conditions) ?? new Date(now).toISOString().replace(/\.\d+/, ''),
  });
  if (notRead !== undefined) {
    const { message: why, fix } = whyNotRead(notRead);
    return [
      condition('Accepted', { status: 'False', reason: 'MoreThanItsShare', message: `${why}. ${fix}` }),
      condition('Degraded', { status: 'True', ...NOT_IN_FORCE }),
    ];
  }
  if (inForce === document) {
    return [
      condition('Accepted', {
        status: 'True',
        reason: 'Accepted',
        message: 'It is in force as it is written.',
      }),
      condition('Degraded', degradedBy(own.length > 0 ? message : undefined, missing)),
    ];
  }
  const degraded = inForce
    ? { reason: 'LastGoodVersion', message: 'The last version without an error stays in force.' }
    : NOT_IN_FORCE;
  return [
    condition('Accepted', { status: 'False', reason: 'Invalid', message }),
    condition('Degraded', { status: 'True', ...degraded }),
  ];
}

const grouped = new WeakMap<readonly Problem[], ReadonlyMap<string, readonly Problem[]>>();

/** Looked up for each of thousands of objects, each of which may have problems. */
function byFile(problems: readonly Problem[]): ReadonlyMap<string, readonly Problem[]> {
  const known = grouped.get(problems) ?? Map.groupBy(problems, ({ position }) => position.file);
  grouped.set(problems, known);
  return known;
}

const NOT_IN_FORCE = { reason: 'NotInForce', message: 'No version of it is in force.' };

function degradedBy(warning: string | undefined, missing: string | undefined): Word {
  if (missing !== undefined) {
    const message = [missing, ...(warning === undefined ? [] : [warning])].join('\n').slice(0, MESSAGE_LIMIT);
    return { status: 'True', reason: 'NotInGuard', message };
  }
  return warning === undefined ? NOT_DEGRADED : { status: 'True', reason: 'Warning', message: warning };
}

const NOT_DEGRADED: Word = { status: 'False', reason: 'AsWritten', message: '' };

function messageOf(problems: readonly Problem[]): string {
  const lines = problems.map(({ path, message, fix }) =>
    [path === '' ? '' : `${path}: `, `${message}.`, fix === undefined ? '' : ` ${fix}`].join(''),
  );
  // It holds an author's words, and `kubectl describe` shows it on an administrator's terminal.
  return shorten(lines.map(line => clean(line, MESSAGE_LIMIT)).join('\n'), MESSAGE_LIMIT);
}

/** A transition is a change of the status alone (Kubernetes API conventions), so it is kept where that stays. */
const since = (type: string, status: string, before: readonly Condition[]): string | undefined =>
  before.find(one => one.type === type && one.status === status)?.lastTransitionTime;

/** Whether writing it would change nothing. */
export const sayTheSame = (a: readonly Condition[], b: readonly Condition[]): boolean =>
  a.length === b.length &&
  a.every(one => b.some(other => FIELDS.every(field => one[field] === other[field])));

const FIELDS = ['type', 'status', 'reason', 'message', 'observedGeneration'] as const;
