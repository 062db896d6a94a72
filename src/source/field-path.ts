/** `['spec', 'containers', 0, 'name']` → `spec.containers[0].name`; a key with other characters goes in quotes. */
export function fieldPath(keys: readonly (string | number)[]): string {
  return keys.reduce<string>((path, key) => {
    if (typeof key === 'number') return `${path}[${key}]`;
    if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
    return path ? `${path}.${key}` : key;
  }, '');
}
