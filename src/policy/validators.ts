import { Ajv, type ValidateFunction } from 'ajv';
import type { Kind } from '../source/group.ts';
import { SCHEMAS } from './schema/index.ts';

export const AJV_OPTIONS = { allErrors: true, verbose: true, strictRequired: false, strictTypes: false };

const validators = new Map<Kind, ValidateFunction>();

/**
 * The validator of a kind, compiled when it is first needed. In the bundle, it is code that was compiled at build time:
 * scripts/bundle.
 */
export function validatorOf(kind: Kind): ValidateFunction {
  const validator = validators.get(kind) ?? withOurWords(new Ajv(AJV_OPTIONS)).compile(SCHEMAS[kind]);
  validators.set(kind, validator);
  return validator;
}

/** Defines the keywords that schemas have for the API server, and which have no effect here. */
export function withOurWords(ajv: Ajv): Ajv {
  // A pattern beside it checks the value; the format is for the API server.
  ajv.addFormat('date-time', true);
  ajv.addKeyword('x-kubernetes-int-or-string');
  return ajv;
}
