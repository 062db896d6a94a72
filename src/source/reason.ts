/** The message of an error, for a log or another message. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
