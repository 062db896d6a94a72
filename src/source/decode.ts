import { isAscii } from 'node:buffer';

/** UTF-16 is known by its byte order marks; Windows PowerShell's `>` writes the first. */
const UTF_16 = [
  [0xff, 0xfe, 'utf-16le'],
  [0xfe, 0xff, 'utf-16be'],
] as const;

/**
 * Text as kubectl decodes it (cli-runtime `FileVisitor`): UTF-8, or UTF-16 where a byte order mark says so.
 * @throws TypeError where it is neither
 */
export function decodeText(bytes: Uint8Array): string {
  const other = UTF_16.find(([first, second]) => bytes[0] === first && bytes[1] === second);
  if (!other && isAscii(bytes))
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return new TextDecoder(other?.[2] ?? 'utf-8', { fatal: true }).decode(bytes);
}
