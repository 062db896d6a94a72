import { Ajv } from 'ajv';
import type { Pod } from './kube.ts';
import { podSchema } from './schema.ts';

export const AJV_OPTIONS = { allowUnionTypes: true, strict: true, strictRequired: false };

/** Compiled when this file is loaded. In the bundle, it is code that was compiled at build time: scripts/bundle. */
export const validatePod = new Ajv(AJV_OPTIONS).compile<Pod>(podSchema);
