/** Keys and indices from the root of a document. */
export type Keys = readonly (string | number)[];

/** A field path as messages show it: `spec.tiers[0].isolation`; keys that are no plain words are in brackets. */
export function formatPath(path: Keys): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (!/^[\w-]+$/.test(part)) text += `[${JSON.stringify(part)}]`;
    else text += text ? `.${part}` : part;
  }
  return text;
}

/** The value at a path; undefined where there is none. */
export function valueAt(root: unknown, path: Keys): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[key];
  }
  return value;
}

/** The keys of a JSON pointer (RFC 6901) into `root`, whose lists show which keys are indices. */
export function keysOfPointer(pointer: string, root: unknown): Keys {
  const keys: (string | number)[] = [];
  for (const escaped of pointer.split('/').slice(1)) {
    const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    keys.push(Array.isArray(valueAt(root, keys)) ? Number(key) : key);
  }
  return keys;
}

/** A key that an author chose, in brackets, and in quotes where it could not be read back without them. */
export const inBrackets = (key: string): string =>
  /^(?!\d+$|")[^\]]+$/.test(key) ? `[${key}]` : `[${JSON.stringify(key)}]`;
