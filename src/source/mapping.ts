/** A YAML mapping or JSON object of unknown content. */
export type Mapping = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
