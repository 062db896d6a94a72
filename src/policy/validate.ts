import type { Flaw } from '../source/flaw.ts';
import type { Kind } from '../source/group.ts';
import { flawsOf, type WrittenAt } from './messages.ts';
import { validatorOf } from './validators.ts';

/**
 * Every way in which a document does not fit the schema of its kind.
 * @param writtenAt what its author wrote for a value, where that is known
 */
export function validate(kind: Kind, value: unknown, writtenAt?: WrittenAt): readonly Flaw[] {
  const check = validatorOf(kind);
  return check(value) ? [] : flawsOf(check.errors ?? [], value, writtenAt);
}
