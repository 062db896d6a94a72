import { readFile, stat } from 'node:fs/promises';
import { KubeError } from '../../kube/error.ts';
import type { KubeObject } from '../../kube/object.ts';
import { type ClusterSnapshot, readSnapshot } from '../../snapshot/read.ts';
import { NO_SUCH_FILE, unreadable } from '../../source/files/why-not.ts';
import { isMap } from '../../source/mapping.ts';
import { Failure } from '../console/failure.ts';
import { OF_NAMESPACES } from './fetch.ts';
import type { ClusterSource } from './source.ts';

/** The most bytes of a snapshot; 50,000 Pods with two containers each make some 60 MB. */
const MAX_BYTES = 256 * 1024 * 1024;

const HINT = 'Write it with: cofferdam snapshot FILE';

/**
 * A snapshot as a source for commands that read clusters.
 * @throws Failure where the file is none, with the reason
 */
export async function savedSource(file: string): Promise<ClusterSource> {
  if (file === '-') {
    throw new Failure('--snapshot reads no standard input', 'Name a file; /dev/stdin is one, too.');
  }
  const read = readSnapshot(await bytesOf(file));
  if ('problem' in read) {
    const place = read.line === undefined ? file : `${file}:${read.line}`;
    throw new Failure(`${place}: ${read.problem}`, HINT);
  }
  return sourceOf(file, read);
}

function sourceOf(file: string, { head, objects, unread }: ClusterSnapshot): ClusterSource {
  return {
    context: head.context,
    file,
    list: async (name, _io, namespace) => {
      if (head.namespace !== undefined && OF_NAMESPACES.has(name) && namespace !== head.namespace) {
        const only = `${file} holds the Pods of namespace ${JSON.stringify(head.namespace)} alone`;
        throw new Failure(only, `Name it with -n ${head.namespace}, or save those of all namespaces.`);
      }
      const refused = unread.find(({ resource }) => resource === name);
      if (refused) throw new KubeError(refused.message, { status: refused.status });
      const all = objects.get(name) ?? [];
      return namespace === undefined ? all : all.filter(one => namespaceOf(one) === namespace);
    },
  };
}

const namespaceOf = ({ metadata }: KubeObject): unknown => (isMap(metadata) ? metadata.namespace : undefined);

async function bytesOf(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) {
      const most = `${MAX_BYTES / 1024 / 1024} MiB`;
      throw new Failure(
        `${file}: found ${size} bytes, expected ${most} at the most`,
        'Save one namespace at a time, with -n.',
      );
    }
    return await readFile(file);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { message, fix } = unreadable(file, error);
    throw new Failure(`cannot read ${file}: ${message}`, message === NO_SUCH_FILE ? HINT : fix);
  }
}
