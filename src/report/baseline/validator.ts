import { Ajv } from 'ajv';
import type { Entry } from '../since.ts';
import { BASELINE_SCHEMA } from './schema.ts';

export const AJV_OPTIONS = { verbose: true, strictRequired: false, strictTypes: false };

/** Compiled when this file is loaded. In the bundle, it is code that was compiled at build time: scripts/bundle. */
export const validateBaseline = new Ajv(AJV_OPTIONS).compile<{ readonly objects: readonly Entry[] }>(
  BASELINE_SCHEMA,
);
