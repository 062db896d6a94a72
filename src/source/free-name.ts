/** A name for a draft that no object has: applied under a taken one, it would end what that object says. */
export const freeName = (text: string, taken: readonly string[]): string => freeNames(taken)(text);

/** The same for many drafts, of which none takes the name of another. */
export function freeNames(taken: readonly string[]): (text: string) => string {
  const all = new Set(taken);
  // Where the next number is looked for: with each name tried from the start, many alike would take the square of their number.
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

/** RFC 1123 subdomain, as Kubernetes wants object names. */
const objectName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '') || 'draft';
