import { entriesOf, hasMore } from '../source/yaml/json-text.ts';
import type { KubeObject } from './object.ts';

const CUT = Symbol('cut');

/** True of an object that had more values than are read of one, so that only its name and version are there. */
export const isCut = (object: object): boolean => CUT in object;

/** The same object, as one of which no more is there. */
export const asCut = (object: KubeObject): KubeObject => ({ ...object, [CUT]: true });

/**
 * An object as the API server sends it. Parsing takes as long as its author makes it: of 1.4 MB, 70,000 labels take a tenth of
 * a second, each time that somebody changes one of them.
 * @param mostValues that are parsed; of more, the head is read and the object `isCut`
 * @throws SyntaxError
 */
export function readObject(text: Buffer, mostValues = Number.POSITIVE_INFINITY): KubeObject {
  return hasMore(text, mostValues) ? asCut(headOf(text)) : JSON.parse(text.toString('utf8'));
}

/** An event of a watch, of which `object` is read by `readObject`. */
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

/** @param start of the map */
const pick = (text: Buffer, start: number, keys: ReadonlySet<string>): KubeObject =>
  Object.fromEntries(
    Array.from(entriesOf(text, start))
      .filter(({ key }) => keys.has(key))
      .map(one => [one.key, JSON.parse(text.toString('utf8', one.start, one.end))]),
  );
