import { Readable } from 'node:stream';
import { collect } from '../../source/files/read-file.ts';
import { tooLarge } from '../../source/yaml/yaml.ts';
import { Failure } from '../console/failure.ts';
import type { CliIo } from '../console/io.ts';
import { chunksOf } from '../console/tell.ts';

export interface HeldInput {
  /** The same, but for a standard input that gives what was read. */
  readonly io: CliIo;
  /** What standard input held; left out where it is none of the paths. */
  readonly text?: Uint8Array;
}

/**
 * Keeps what standard input holds, since its text is asked for once more.
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
