import { Ajv } from 'ajv';
import type { Entry } from '../since.ts';
import { BASELINE_SCHEMA } from './schema.ts';

export const AJV_OPTIONS = { verbose: true, strictRequired: false, strictTypes: false };

/** Compiled as this file is loaded. In the bundle this is code that was compiled when it was built: scripts/bundle. */
export const validateBaseline = new Ajv(AJV_OPTIONS).compile<{ readonly objects: readonly Entry[] }>(
  BASELINE_SCHEMA,
);
