import { API_VERSION, type Kind } from './group.ts';

/**
 * Parts that the kinds share. Every schema is structural in the sense of Kubernetes' CustomResourceDefinitions, so the same
 * text checks files and becomes the CRD; descriptions are what `kubectl explain` and the reference page show.
 */
export type Schema = Readonly<Record<string, unknown>>;

/** Patterns, and how messages describe them. */
export const PATTERNS = {
  /** An RFC 1123 label, for names of namespaces. */
  label: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
  /** An RFC 1123 subdomain, for names of most objects. */
  subdomain: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
  /** A path of a host. */
  path: '^/',
  /** A time in RFC 3339, as Kubernetes writes it. */
  time: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})$',
} as const;

export const PATTERN_WORDS: ReadonlyMap<string, string> = new Map([
  [PATTERNS.label, 'lower-case letters, digits and hyphens, such as team-a'],
  [PATTERNS.subdomain, 'lower-case letters, digits, hyphens and dots, such as team-a'],
  [PATTERNS.path, 'a path from the root, such as /proc'],
  [PATTERNS.time, 'a time as in 2027-03-01T00:00:00Z'],
]);

/** An object with exactly these fields. */
export const object = (
  description: string,
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
): Schema => ({
  type: 'object',
  description,
  additionalProperties: false,
  properties,
  ...(required.length > 0 && { required }),
});

/** A list of at most `maxItems`. */
export const list = (description: string, maxItems: number, items: Schema, minItems = 0): Schema => ({
  type: 'array',
  description,
  ...(minItems > 0 && { minItems }),
  maxItems,
  items,
});

export const text = (description: string, maxLength: number): Schema => ({
  type: 'string',
  description,
  minLength: 1,
  maxLength,
});

export const labelName = (description: string): Schema => ({
  type: 'string',
  description,
  pattern: PATTERNS.label,
  maxLength: 63,
});

export const subdomain = (description: string): Schema => ({
  type: 'string',
  description,
  pattern: PATTERNS.subdomain,
  maxLength: 253,
});

/** The whole document of a kind. */
export function document(kind: Kind, description: string, spec: Schema, namespaced = false): Schema {
  const names = {
    name: subdomain('Name of the object.'),
    ...(namespaced && { namespace: labelName('Namespace whose Pods the object is about.') }),
  };
  return object(
    description,
    {
      apiVersion: { type: 'string', description: 'Version of this object.', enum: [API_VERSION] },
      kind: { type: 'string', description: 'Kind of this object.', enum: [kind] },
      metadata: {
        type: 'object',
        description: `Standard metadata of Kubernetes objects; decisions read only ${Object.keys(names).join(' and ')}.`,
        properties: names,
        required: Object.keys(names),
      },
      spec,
    },
    ['apiVersion', 'kind', 'metadata', 'spec'],
  );
}
