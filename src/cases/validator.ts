import { Ajv } from 'ajv';
import type { WrittenCase } from './case.ts';
import { CASES_SCHEMA } from './schema.ts';

export const AJV_OPTIONS = { allErrors: true, verbose: true, strictRequired: false, strictTypes: false };

/** Compiled as this file is loaded. In the bundle this is code that was compiled when it was built: scripts/bundle. */
export const validateCases = new Ajv(AJV_OPTIONS).compile<readonly WrittenCase[]>(CASES_SCHEMA);
