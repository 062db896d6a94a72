import type { Condition, LiveObject } from '../cluster/objects.ts';
import type { Compilation } from '../policy/load.ts';
import type { Problem } from '../source/document.ts';

/** etcd holds objects of 1.5 MiB; whoever reads a status wants less. */
const MESSAGE_LIMIT = 4096;

type Word = Pick<Condition, 'status' | 'reason' | 'message'>;

/**
 * `Accepted`: the object as it is written is in force. `Degraded`: something does not work as its author may think: an
 * older version is in force or none, or the object is accepted with a warning, such as an exemption that has expired.
 * @param now milliseconds since the epoch
 */
export function conditionsOf(
  { document, generation, conditions }: LiveObject,
  { accepted, problems }: Compilation,
  now: number,
): readonly Condition[] {
  const id = document.position.file;
  const own = problems.filter(({ position }) => position.file === id);
  const inForce = accepted.get(id);
  const message = messageOf(own);
  const condition = (type: string, word: Word): Condition => ({
    type,
    ...word,
    observedGeneration: generation,
    lastTransitionTime:
      since(type, word.status, conditions) ?? new Date(now).toISOString().replace(/\.\d+/, ''),
  });
  if (inForce === document) {
    return [
      condition('Accepted', {
        status: 'True',
        reason: 'Accepted',
        message: 'It is in force as it is written.',
      }),
      condition('Degraded', own.length > 0 ? { status: 'True', reason: 'Warning', message } : NOT_DEGRADED),
    ];
  }
  const degraded = inForce
    ? { reason: 'LastGoodVersion', message: 'The last version without an error stays in force.' }
    : { reason: 'NotInForce', message: 'No version of it is in force.' };
  return [
    condition('Accepted', { status: 'False', reason: 'Invalid', message }),
    condition('Degraded', { status: 'True', ...degraded }),
  ];
}

const NOT_DEGRADED: Word = { status: 'False', reason: 'AsWritten', message: '' };

function messageOf(problems: readonly Problem[]): string {
  const lines = problems.map(({ path, message, fix }) =>
    [path === '' ? '' : `${path}: `, `${message}.`, fix === undefined ? '' : ` ${fix}`].join(''),
  );
  const text = lines.join('\n');
  return text.length <= MESSAGE_LIMIT ? text : `${text.slice(0, MESSAGE_LIMIT - 1)}…`;
}

/** A transition is a change of the status alone (Kubernetes API conventions). */
const since = (type: string, status: string, before: readonly Condition[]): string | undefined =>
  before.find(one => one.type === type && one.status === status)?.lastTransitionTime;

/** Whether nothing would change by writing it. */
export const sayTheSame = (a: readonly Condition[], b: readonly Condition[]): boolean =>
  a.length === b.length &&
  a.every(one => b.some(other => FIELDS.every(field => one[field] === other[field])));

const FIELDS = ['type', 'status', 'reason', 'message', 'observedGeneration'] as const;
