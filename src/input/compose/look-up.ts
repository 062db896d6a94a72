import { isMap, type Mapping } from '../../source/mapping.ts';
import { resolvePlain } from '../../source/yaml/scalar.ts';

/**
 * What a map of the file has by a name. A key that YAML 1.1 takes for another value (`off`, `0x10`) is read as that, and is a
 * name all the same to Docker.
 */
export function lookUp(map: Mapping, name: string): unknown {
  const key = Object.hasOwn(map, name) ? name : String(resolvePlain(name));
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** The same, of what is a map itself. */
export const mapIn = (map: Mapping, name: string): Mapping | undefined => {
  const found = lookUp(map, name);
  return isMap(found) ? found : undefined;
};
