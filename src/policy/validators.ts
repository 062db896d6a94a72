import { Ajv, type ValidateFunction } from 'ajv';
import type { Kind } from '../source/group.ts';
import { SCHEMAS } from './schema/index.ts';

export const AJV_OPTIONS = { allErrors: true, verbose: true, strictRequired: false, strictTypes: false };

const validators = new Map<Kind, ValidateFunction>();

/** Compiled when it is first asked for. In the bundle this is code that was compiled when it was built: scripts/bundle. */
export function validatorOf(kind: Kind): ValidateFunction {
  const validator = validators.get(kind) ?? withOurWords(new Ajv(AJV_OPTIONS)).compile(SCHEMAS[kind]);
  validators.set(kind, validator);
  return validator;
}

/** What the schemas have for the API server, which says nothing here. */
export function withOurWords(ajv: Ajv): Ajv {
  // Checked by a pattern beside it; the API server knows the format.
  ajv.addFormat('date-time', true);
  ajv.addKeyword('x-kubernetes-int-or-string');
  return ajv;
}
