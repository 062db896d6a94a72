/** Cuts what is written as JSON, which escapes what could forge a line (CWE-117); the length is ours to bound. */
export const cut = (text: string, limit: number): string =>
  text.length <= limit ? text : text.slice(0, limit);
