import { Ajv, type ValidateFunction } from 'ajv';
import type { Flaw } from '../source/flaw.ts';
import type { Kind } from '../source/group.ts';
import { flawsOf, type WrittenAt } from './messages.ts';
import { SCHEMAS } from './schema/index.ts';

const validators = new Map<Kind, ValidateFunction>();

/**
 * Every way in which a document does not fit the schema of its kind.
 * @param writtenAt what its author wrote for a value, where that is known
 */
export function validate(kind: Kind, value: unknown, writtenAt?: WrittenAt): readonly Flaw[] {
  let check = validators.get(kind);
  if (!check) {
    check = compileSchema(kind);
    validators.set(kind, check);
  }
  return check(value) ? [] : flawsOf(check.errors ?? [], value, writtenAt);
}

function compileSchema(kind: Kind): ValidateFunction {
  const ajv = new Ajv({ allErrors: true, verbose: true, strictRequired: false, strictTypes: false });
  // Checked by a pattern beside it; the API server knows the format.
  ajv.addFormat('date-time', true);
  ajv.addKeyword('x-kubernetes-int-or-string');
  return ajv.compile(SCHEMAS[kind]);
}
