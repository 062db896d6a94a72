import { stringify } from 'yaml';

/** Objects as documents of one YAML file, each after `---` but for the first. */
export const yamlOf = (objects: readonly object[]): string =>
  objects.map(object => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n');
