import { endOfString } from '../source/yaml/json-text.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
/** What a byte outside of strings adds to the depth. */
const STEP = Int8Array.from({ length: 256 }, (_, byte) =>
  '[{'.includes(String.fromCharCode(byte)) ? 1 : ']}'.includes(String.fromCharCode(byte)) ? -1 : 0,
);

export interface ShapeLimits {
  /** Levels of arrays and objects. */
  readonly depth: number;
  /** Commas outside of strings: members and items. */
  readonly items: number;
}

/**
 * Why this JSON is not judged; undefined where it can be. JSON.parse takes any depth, but what walks its result (CEL,
 * JSON.stringify) does not. And each item may be a finding of several signals, which takes some 30 times the memory of its
 * text. So both are counted first.
 */
export function outOfBounds(json: Buffer, limits: ShapeLimits): string | undefined {
  const { length } = json;
  let depth = 0;
  let deepest = 0;
  let items = 0;
  for (let i = 0; i < length; i++) {
    const byte = json[i] as number;
    if (byte === QUOTE) i = endOfString(json, i) - 1;
    else if (byte === COMMA) items++;
    else {
      depth += STEP[byte] as number;
      if (depth > deepest) deepest = depth;
    }
  }
  return shapeProblem({ deepest, items }, limits);
}

/** The same, for JSON that was counted while it came in. */
export function shapeProblem(
  { deepest, items }: { readonly deepest: number; readonly items: number },
  limits: ShapeLimits,
): string | undefined {
  if (deepest > limits.depth) return `nests more than ${limits.depth} levels deep`;
  return items > limits.items ? `holds more than ${limits.items} values` : undefined;
}
