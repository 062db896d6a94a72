/** A name for a draft that no object has: applied under a taken one, it would end what that object says. */
export function freeName(text: string, taken: readonly string[]): string {
  const name = objectName(text);
  let free = name;
  for (let i = 2; taken.includes(free); i++) free = `${name}-${i}`;
  return free;
}

/** RFC 1123 subdomain, as Kubernetes wants object names. */
const objectName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '') || 'draft';
