import { type Field, METADATA_FIELDS, SPEC_FIELDS } from '../fuzz/model.ts';

/** The text in a field of a filled Pod: no other has it. */
export const plantedAt = (path: string): string => `planted in ${path}`;

/** A Pod in which every field of Kubernetes' OpenAPI has a value, and every text says where it stands. */
export function filledPod() {
  const top = (fields: readonly Field[]) => fields.filter(({ path }) => path.split('.').length === 2);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: filled(top(METADATA_FIELDS)),
    spec: filled(top(SPEC_FIELDS)),
    status: { phase: 'Running', message: plantedAt('status.message') },
  };
}

const filled = (fields: readonly Field[]): Record<string, unknown> =>
  Object.fromEntries(fields.map(field => [field.name, valued(field)]));

function valued(field: Field): unknown {
  const one = field.fields.length > 0 ? filled(field.fields) : plainOf(field);
  if (field.holds === 'list') return [one];
  return field.holds === 'map' ? { key: one } : one;
}

function plainOf({ type, path }: Field): unknown {
  if (type === 'number') return 1;
  return type === 'boolean' ? true : plantedAt(path);
}

/** The paths of all texts in a value that `filledPod` has planted. */
export function plantedIn(value: unknown): readonly string[] {
  const found = JSON.stringify(value).matchAll(/planted in ([^"]+)/g);
  return Array.from(found, ([, path = '']) => path);
}
