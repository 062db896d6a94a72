import { ANNOTATIONS } from './annotations.ts';
import { BREAKOUT } from './breakout.ts';
import { CAPABILITIES } from './capabilities.ts';
import type { Case } from './case.ts';
import { EXPOSURE } from './exposure.ts';
import { HOST_PATHS } from './host-paths.ts';
import { HYGIENE } from './hygiene.ts';
import { IMAGES } from './images.ts';
import { MESH } from './mesh.ts';
import { REQUIREMENT } from './requirement.ts';
import { RESOURCES } from './resources.ts';
import { VOLUMES } from './volumes.ts';

/** Pods on which each signal fires, and near misses. */
export const CASES: readonly Case[] = [
  ...BREAKOUT,
  ...HOST_PATHS,
  ...ANNOTATIONS,
  ...EXPOSURE,
  ...CAPABILITIES,
  ...HYGIENE,
  ...IMAGES,
  ...VOLUMES,
  ...RESOURCES,
  ...MESH,
  ...REQUIREMENT,
];
