import { isAscii } from 'node:buffer';

/** UTF-16 is recognized by its byte order marks; Windows PowerShell's `>` writes the first. */
const UTF_16 = [
  [0xff, 0xfe, 'utf-16le'],
  [0xfe, 0xff, 'utf-16be'],
] as const;

/**
 * Decodes text as kubectl does (cli-runtime `FileVisitor`): as UTF-8, or as UTF-16 where a byte order mark says so.
 * @throws TypeError where it is neither
 */
export function decodeText(bytes: Uint8Array): string {
  const other = UTF_16.find(([first, second]) => bytes[0] === first && bytes[1] === second);
  if (!other && isAscii(bytes))
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return new TextDecoder(other?.[2] ?? 'utf-8', { fatal: true }).decode(bytes);
}

/** Encodes a text like other bytes, with the byte order mark that these begin with. */
export function encodeLike(text: string, bytes: Uint8Array): Buffer {
  const other = UTF_16.find(([first, second]) => bytes[0] === first && bytes[1] === second);
  if (!other) return Buffer.from(hasMark(bytes) ? `${MARK}${text}` : text);
  const little = Buffer.from(`${MARK}${text}`, 'utf16le');
  return other[2] === 'utf-16le' ? little : little.swap16();
}

/** The byte order mark, which decoded text never begins with. */
export const MARK = '\ufeff';

/** Whether UTF-8 text begins with a byte order mark. */
export const hasMark = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

/** Whether `git` and `patch` would not find lines in it. */
export const isUtf16 = (bytes: Uint8Array): boolean =>
  UTF_16.some(([first, second]) => bytes[0] === first && bytes[1] === second);
