import { MAX_BYTES } from '../limits.ts';
import { tooLarge } from '../yaml/yaml.ts';
import { decodeText } from './decode.ts';
import { type HowRead, readUnlessTemplate } from './helm.ts';
import { failed, NOTHING, type Sources } from './sources.ts';
import type { Disk, Kind } from './walk.ts';
import { failing } from './why-not.ts';

/** The bytes of a file; undefined where there are too many. */
export async function bytesOf(path: string | Buffer, kind: Kind, fs: Disk): Promise<Uint8Array | undefined> {
  if (kind.isFile?.() === false) return collect(fs.open(path));
  return (kind.size ?? 0) > MAX_BYTES ? undefined : fs.readFile(path);
}

/** The bytes of a stream; undefined where there are too many, as the stream might never end. */
export async function collect(stream: AsyncIterable<string | Uint8Array>): Promise<Uint8Array | undefined> {
  const chunks = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Whether both keys are at the start of a line, in YAML or JSON. */
export function looksLikeManifest(bytes: Uint8Array | undefined): boolean {
  if (!bytes) return true;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('latin1')
    .replaceAll('\0', '');
  return ['apiVersion', 'kind'].every(key =>
    new RegExp(`(?:^[ \\t-]*|[{,]\\s*)["']?${key}["']?\\s*:`, 'm').test(text),
  );
}

export function decode(bytes: Uint8Array | undefined, file: string, how: HowRead): Sources {
  if (!bytes) return failed(tooLarge(file));
  try {
    const text = decodeText(bytes);
    return { ...NOTHING, ...readUnlessTemplate(text, file, how), files: [file] };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return failed(failing(file, 'not UTF-8 text', 'Save the file as UTF-8.'));
  }
}
