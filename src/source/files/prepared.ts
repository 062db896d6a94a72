/** A file of `policies/` that was read before: its digest, the content of its documents, and where they start. */
export interface Prepared {
  readonly digest: string;
  readonly documents: readonly {
    readonly value: unknown;
    readonly line: number;
    readonly column: number;
  }[];
}

/**
 * The prepared files, by name. There are none in the sources; the bundle has those that every command reads at its start:
 * scripts/bundle.
 */
export const PREPARED: Readonly<Record<string, Prepared>> = {};
