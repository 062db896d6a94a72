import type { Problem, SourceDocument } from '../source/document.ts';
import { isMap } from '../source/mapping.ts';
import { formatPath, type Keys } from '../source/path.ts';
import type { Header } from './header.ts';
import { isSchema, mayHoldPods } from './kinds.ts';
import { MAX_PLACES } from './search.ts';

const IMAGE = /image$/i;
const HOST = /^(host(Network|PID|IPC|Path|Port|Paths)|privileged|useHostNetwork)$/i;

/**
 * A warning where an object was skipped that names an image and, somewhere, access to the host: in a form that is not a Pod's,
 * or as values of a chart.
 */
export function unreadHost(document: SourceDocument, { object, kind, name }: Header): readonly Problem[] {
  if (!mayHoldPods(object)) return [];
  let image = false;
  let host: Keys | undefined;
  for (const { keys, value } of eachEntry(object.spec, ['spec'])) {
    const key = String(keys.at(-1));
    image ||= IMAGE.test(key) && (typeof value === 'string' || isMap(value));
    if (!host && HOST.test(key) && grants(value)) host = keys;
  }
  return image && host ? [warning(document, `${kind}/${name}`, host)] : [];
}

interface Entry {
  readonly keys: Keys;
  readonly value: unknown;
}

/** Yields entries in the order in which they are written, as many as are searched for Pods. */
function* eachEntry(root: unknown, at: Keys): Generator<Entry> {
  const stack: Entry[] = [{ keys: at, value: root }];
  let count = 0;
  for (let entry = stack.pop(); entry && ++count < MAX_PLACES; entry = stack.pop()) {
    yield entry;
    const { keys, value } = entry;
    if (typeof value !== 'object' || value === null) continue;
    const entries = Object.entries(value).filter(([key]) => !isSchema(key));
    const inner = entries.map(([key, child]) => ({
      keys: [...keys, Array.isArray(value) ? Number(key) : key],
      value: child,
    }));
    for (const one of inner.reverse()) stack.push(one);
  }
}

/** Whether a value grants something; the type in a schema does not. */
const grants = (value: unknown): boolean =>
  value !== null &&
  value !== false &&
  value !== '' &&
  value !== 'false' &&
  value !== 0 &&
  !(isMap(value) && 'type' in value);

const warning = (document: SourceDocument, object: string, keys: Keys): Problem => ({
  severity: 'warning',
  position: document.positionOf(keys),
  object,
  path: formatPath(keys),
  message: "found access to the host beside an image, in a form that is not a Pod's, so it was not judged",
  fix: 'Review the Pods that come of it: render the chart, or read them with --from-cluster.',
  leftOut: true,
});
