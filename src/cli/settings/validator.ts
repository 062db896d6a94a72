import { Ajv } from 'ajv';
import { SETTINGS_SCHEMA, type Settings } from './schema.ts';

export const AJV_OPTIONS = { allErrors: true, verbose: true };

/** Compiled when this file is loaded. In the bundle, it is code that was compiled at build time: scripts/bundle. */
export const validateSettings = new Ajv(AJV_OPTIONS).compile<Settings>(SETTINGS_SCHEMA);
