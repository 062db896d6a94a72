import { isMap, type Mapping } from '../../source/mapping.ts';
import { resolvePlain } from '../../source/yaml/scalar.ts';

/**
 * The value for a name in a map of the file. A key that YAML 1.1 takes for another value (`off`, `0x10`) is read as that, but
 * Docker takes it for a name.
 */
export function lookUp(map: Mapping, name: string): unknown {
  const key = Object.hasOwn(map, name) ? name : String(resolvePlain(name));
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** The same for a value that is a map. */
export const mapIn = (map: Mapping, name: string): Mapping | undefined => {
  const found = lookUp(map, name);
  return isMap(found) ? found : undefined;
};
