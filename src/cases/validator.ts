import { Ajv } from 'ajv';
import type { WrittenCase } from './case.ts';
import { CASES_SCHEMA } from './schema.ts';

export const AJV_OPTIONS = { allErrors: true, verbose: true, strictRequired: false, strictTypes: false };

/** Compiled when this file is loaded. In the bundle, it is code that was compiled at build time: scripts/bundle. */
export const validateCases = new Ajv(AJV_OPTIONS).compile<readonly WrittenCase[]>(CASES_SCHEMA);
