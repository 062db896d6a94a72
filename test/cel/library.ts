import type { SimpleTest } from '@bufbuild/cel-spec/cel/expr/conformance/test/simple_pb.js';

/** What a library makes of one conformance test. Values and types are in the text form of `values.ts`. */
export type Answer =
  | { readonly kind: 'value' | 'error' | 'refused' | 'type'; readonly text: string }
  | { readonly kind: 'not-run' };

/** A CEL library, as the conformance run sees it. */
export interface Library {
  readonly name: string;
  /** Never throws. `refused`: the expression does not parse or does not pass the type checker. */
  run(test: SimpleTest): Answer;
}

export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
