import { entriesOf, hasMore } from '../source/yaml/json-text.ts';
import type { KubeObject } from './object.ts';

const CUT = Symbol('cut');

/** True for an object with more values than are read of one, of which only the name and the version are there. */
export const isCut = (object: object): boolean => CUT in object;

/** The same object, marked as one of which only this is there. */
export const asCut = (object: KubeObject): KubeObject => ({ ...object, [CUT]: true });

/**
 * An object as the API server sends it. Its author decides how long parsing takes: 70,000 labels in 1.4 MB take a tenth of a
 * second, each time that somebody changes one of them.
 * @param mostValues the most values that are parsed; of an object with more, the head is read, and it `isCut`
 * @throws SyntaxError
 */
export function readObject(text: Buffer, mostValues = Number.POSITIVE_INFINITY): KubeObject {
  return hasMore(text, mostValues) ? asCut(headOf(text)) : JSON.parse(text.toString('utf8'));
}

/** An event of a watch, whose `object` is read by `readObject`. */
export function readEvent(line: Buffer, mostValues = Number.POSITIVE_INFINITY): unknown {
  if (!hasMore(line, mostValues)) return JSON.parse(line.toString('utf8'));
  return Object.fromEntries(
    Array.from(entriesOf(line), ({ key, start, end }) => {
      const text = line.subarray(start, end);
      return [key, key === 'object' ? readObject(text, mostValues) : JSON.parse(text.toString('utf8'))];
    }),
  );
}

const TYPE: ReadonlySet<string> = new Set(['apiVersion', 'kind']);
const NAME: ReadonlySet<string> = new Set(['name', 'namespace', 'uid', 'generation', 'resourceVersion']);

function headOf(text: Buffer): KubeObject {
  const metadata = Array.from(entriesOf(text)).find(({ key }) => key === 'metadata');
  return { ...pick(text, 0, TYPE), ...(metadata && { metadata: pick(text, metadata.start, NAME) }) };
}

/** @param start where the map begins */
const pick = (text: Buffer, start: number, keys: ReadonlySet<string>): KubeObject =>
  Object.fromEntries(
    Array.from(entriesOf(text, start))
      .filter(({ key }) => keys.has(key))
      .map(one => [one.key, JSON.parse(text.toString('utf8', one.start, one.end))]),
  );
