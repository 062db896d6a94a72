import type { Environment } from '@marcbachmann/cel-js';

/*
The functions of the strings extension, version 2, that the library lacks. Positions count code points.
https://github.com/google/cel-go/blob/master/ext/strings.go
*/
export function registerStrings(environment: Environment): void {
  const register = (signature: string, handler: (...args: never[]) => unknown) =>
    environment.registerFunction(signature, handler as never, { async: false });
  register('string.charAt(int): string', charAt);
  register('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.replaceAll(from, () => to),
  );
  register('string.replace(string, string, int): string', replaceFirst);
  register('string.format(list): string', format);
}

function charAt(text: string, position: bigint): string {
  const characters = [...text];
  if (position < 0n || position > BigInt(characters.length))
    throw new Error(`index out of range: ${position}`);
  return characters[Number(position)] ?? '';
}

/** A negative count replaces all. */
function replaceFirst(text: string, from: string, to: string, count: bigint): string {
  const parts = text.split(from);
  const replaced = count < 0n ? parts.length : Math.min(parts.length, Number(count) + 1);
  const rest = parts.slice(replaced);
  return [parts.slice(0, replaced).join(to), ...rest].join(from);
}

/** Formats by `%s` and `%d`, the only verbs that strings, ints and bools need. */
function format(text: string, values: readonly unknown[]): string {
  let used = 0;
  return text.replaceAll(/%(.)/g, (_, verb: string) => {
    if (verb === '%') return '%';
    const value = values[used++];
    if (verb === 'd' && typeof value === 'bigint') return String(value);
    if (verb === 's' && ['string', 'bigint', 'boolean'].includes(typeof value)) return String(value);
    throw new Error(`could not parse formatting clause: %${verb}`);
  });
}
