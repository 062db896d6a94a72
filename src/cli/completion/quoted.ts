/** Quotes a text as one word of bash and zsh that means what it says. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
