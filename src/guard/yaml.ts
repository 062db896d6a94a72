import { stringify } from 'yaml';

/** In YAML 1.1, `off` is not a string: kubectl read it that way before 1.31, and the mode of a namespace would be `false`. */
const OPTIONS = { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' } as const;

/** Writes objects as documents of one YAML file, with `---` before each but the first. */
export const yamlOf = (objects: readonly object[]): string =>
  objects.map(object => stringify(object, OPTIONS)).join('---\n');
