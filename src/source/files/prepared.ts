/** A file of `policies/` that was read before: its digest, the content of its documents, and where they start. */
export interface Prepared {
  readonly digest: string;
  readonly documents: readonly {
    readonly value: unknown;
    readonly line: number;
    readonly column: number;
  }[];
}

/** What is prepared, by name. None in the sources; in the bundle, what every command reads as it starts: scripts/bundle. */
export const PREPARED: Readonly<Record<string, Prepared>> = {};
