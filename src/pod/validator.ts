import { Ajv } from 'ajv';
import type { Pod } from './kube.ts';
import { podSchema } from './schema.ts';

export const AJV_OPTIONS = { allowUnionTypes: true, strict: true, strictRequired: false };

/** Compiled as this file is loaded. In the bundle this is code that was compiled when it was built: scripts/bundle. */
export const validatePod = new Ajv(AJV_OPTIONS).compile<Pod>(podSchema);
