import { Readable } from 'node:stream';
import { collect } from '../../source/files/read-file.ts';
import { tooLarge } from '../../source/yaml/yaml.ts';
import { Failure } from '../console/failure.ts';
import type { CliIo } from '../console/io.ts';
import { chunksOf } from '../console/tell.ts';

export interface HeldInput {
  /** The same, with a standard input that repeats what was read. */
  readonly io: CliIo;
  /** The content of standard input; left out where it is not among the paths. */
  readonly text?: Uint8Array;
}

/**
 * Keeps the content of standard input, since its text is needed again.
 * @throws Failure where it is too large
 */
export async function holdingInput(paths: readonly string[], io: CliIo): Promise<HeldInput> {
  if (!paths.includes('-')) return { io };
  const text = await collect(chunksOf(io.stdin));
  if (!text) {
    const { message, fix } = tooLarge('-');
    throw new Failure(`standard input is ${message}`, fix);
  }
  return { io: { ...io, stdin: Readable.from([text]) }, text };
}
