/** A name for a draft that no object has: applying it under a taken one would replace that object. */
export const freeName = (text: string, taken: readonly string[]): string => freeNames(taken)(text);

/** Names for many drafts, none of which takes the name of another. */
export function freeNames(taken: readonly string[]): (text: string) => string {
  const all = new Set(taken);
  // The next number to try for each name: trying each from the start would take quadratic time for many that are alike.
  const next = new Map<string, number>();
  return text => {
    const name = objectName(text);
    let free = name;
    let i = next.get(name) ?? 2;
    for (; all.has(free); i++) free = `${name}-${i}`;
    next.set(name, i);
    all.add(free);
    return free;
  };
}

/** Turns a text into an RFC 1123 subdomain, as Kubernetes requires for object names. */
const objectName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '') || 'draft';
