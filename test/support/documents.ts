import type { SourceDocument } from '../../src/source/document.ts';

/** A document without a file behind it. */
export const documentOf = (value: unknown, file = 'test.yaml'): SourceDocument => ({
  value,
  position: { file, line: 1 },
  positionOf: () => ({ file, line: 1 }),
});
