import type { Volume } from '../pod/kube.ts';
import type { Cel } from './cel.ts';
import { asked, type Lens, text, unwaived } from './guards.ts';
import { DEVICE_RE, MEMORY_RE, PUBLIC_RE, SERVICE_RE, SOCKET_RE, SYSTEM_RE } from './host-path-trees.ts';
import { cleanWindowsPath, isWindowsCel, isWindowsPath, windowsCel } from './host-path-windows.ts';

/** What a hostPath reaches. Each volume is exactly one of these: the first that fits, in this order. */
export type HostPathKind = 'public' | 'service' | 'socket' | 'device' | 'system' | 'other';

const PUBLIC = new RegExp(PUBLIC_RE);
const SERVICE = new RegExp(SERVICE_RE);
const SOCKET = new RegExp(SOCKET_RE);
const DEVICE = new RegExp(DEVICE_RE);
const MEMORY = new RegExp(MEMORY_RE);
const SYSTEM = new RegExp(SYSTEM_RE);

/**
 * A hostPath in one spelling: without empty, `.` and `..` segments, and without a slash at its end. Case matters on Linux; a
 * Windows path becomes lower case with forward slashes: `/c:/windows`, `/pipe/docker_engine` for a named pipe, `/dev:/…` for
 * another device, `/unc:/server/share`. A relative path is taken to start at the root. The API server refuses `..`; a file may
 * still contain it, and a Windows path keeps it.
 */
export function cleanHostPath(path: string): string {
  // Such a path is too long to be mounted (PATH_MAX); cleaned, it may still become one within any tree.
  if (path.length > LONGEST) return '/';
  if (PLAIN.test(path)) return path;
  if (separators(path) > DEEPEST) return '/';
  if (isWindowsPath(path)) return cleanWindowsPath(path);
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') segments.pop();
    else segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

const LONGEST = 4096;
/** Most paths are clean already: no segment is empty or begins with a dot, and it is not a Windows path. */
const PLAIN_RE = '^(/[A-Za-z0-9_-][^/\\\\]*)+$';
const PLAIN = new RegExp(PLAIN_RE);
/**
 * Other paths are taken apart only this deep, which is more than anybody needs: each segment takes time, above all in the
 * guard.
 */
const DEEPEST = 64;
const separators = (path: string): number => path.split('/').length + path.split('\\').length - 2;

/** The kind of a hostPath volume, by its type and its cleaned path. */
export function hostPathKind(volume: NonNullable<Volume['hostPath']>, path: string): HostPathKind {
  const type = volume.type ?? '';
  if (PUBLIC.test(path)) return 'public';
  if (SERVICE.test(path)) return 'service';
  if (type === 'Socket' || SOCKET.test(path)) return 'socket';
  if (type === 'BlockDevice' || type === 'CharDevice') return 'device';
  if (DEVICE.test(path) && !MEMORY.test(path)) return 'device';
  return SYSTEM.test(path) ? 'system' : 'other';
}

/*
The path of a volume `v` in CEL, whose cleaned path is `p`. CEL cannot resolve `..`, and need not: the API server refuses such a
path before it evaluates the guard (validatePathNoBacksteps in pkg/apis/core/validation/validation.go, which on Linux looks
between slashes).
*/
const RAW: Cel = "v.hostPath.?path.orValue('')";
const REFUSED: Cel = `${RAW}.contains('..') && '..' in ${RAW}.split('/')`;
/*
A cleaned path, from a list `h` of a type and a path, first as written and then clean. There is one loop after the other, as a
loop within a loop costs several times as much.
*/
const POSIX_PATH: Cel = "h[1].split('/').filter(s, s != '' && s != '.').join('/')";
const SPELT: Cel = `'/' + (${isWindowsCel('h[1]')} ? ${windowsCel('h[1]')} : ${POSIX_PATH})`;
const DEEP: Cel = `size(h[1].split('/')) + size(h[1].split('\\\\')) - 2 > ${DEEPEST}`;
const CLEAN: Cel = `size(h[1]) > ${LONGEST} ? '/' : h[1].matches(${text(PLAIN_RE)}) ? h[1] : ${DEEP} ? '/' : ${SPELT}`;
const KIND: Cel = [
  `h[1].matches(${text(PUBLIC_RE)}) ? 'public'`,
  `h[1].matches(${text(SERVICE_RE)}) ? 'service'`,
  `h[0] == 'Socket' || h[1].matches(${text(SOCKET_RE)}) ? 'socket'`,
  `h[0] in ['BlockDevice', 'CharDevice'] || (h[1].matches(${text(DEVICE_RE)}) && !h[1].matches(${text(MEMORY_RE)})) ? 'device'`,
  `h[1].matches(${text(SYSTEM_RE)}) ? 'system' : 'other'`,
].join(' : ');

/**
 * A list of two items for each hostPath: its kind, and its cleaned path. The kind is a `string`, as all items of a list have
 * one type.
 */
export const hostPathsCel = (pod: Cel): Cel =>
  [
    `${pod}.spec.?volumes.orValue([]).filter(v, has(v.hostPath) && !(${REFUSED}))`,
    `map(v, [string(v.hostPath.?type.orValue('')), string(${RAW})])`,
    `map(h, [h[0], string(${CLEAN})])`,
    `map(h, [${KIND}, h[1]])`,
  ].join('.');

export const hostPathGuard =
  (kind: HostPathKind) =>
  (lens: Lens): Cel =>
    lens.podLevel
      ? asked(
          lens,
          'volume',
          'has(v.hostPath)',
          `${lens.made.hostPaths}.exists(h, ${unwaived(lens, `h[0] == ${text(kind)}`, 'h[1]', 'pod')})`,
        )
      : 'false';
