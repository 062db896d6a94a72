/** Shortens text that is written as JSON. JSON escapes what could forge a line (CWE-117), but does not bound the length. */
export const cut = (text: string, limit: number): string =>
  text.length <= limit ? text : text.slice(0, limit);
