import { Ajv } from 'ajv';
import { SETTINGS_SCHEMA, type Settings } from './schema.ts';

export const AJV_OPTIONS = { allErrors: true, verbose: true };

/** Compiled as this file is loaded. In the bundle this is code that was compiled when it was built: scripts/bundle. */
export const validateSettings = new Ajv(AJV_OPTIONS).compile<Settings>(SETTINGS_SCHEMA);
