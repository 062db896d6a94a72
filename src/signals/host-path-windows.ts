import type { Cel } from './cel.ts';
import { replaceAll, text, texts } from './guards.ts';

/*
Paths of Windows: compared in lower case, with slashes, from a root of their own, so that none is taken for a path of
Linux. As in host-path-kinds.ts, the engine and the guard use the same expressions.
*/

export const anyOf = (names: readonly string[]): string => `(${names.join('|')})`;

const TREES = [
  'windows',
  'programdata',
  'program files',
  'program files [(]x86[)]',
  'users',
  'k', // the kubelet and its keys; on others /var/lib/kubelet
];

/** The trees below a drive. */
const WINDOWS_TREES = [...TREES, 'var'];

/** A path without a drive is one on C: to a Windows kubelet (MakeAbsolutePath in pkg/volume/util), in any case. */
export const DRIVELESS = [...TREES, 'var/lib/kubelet'].map(tree =>
  tree.replace(/[a-z]/g, letter => `[${letter}${letter.toUpperCase()}]`),
);

/**
 * Below a drive Windows knows a directory by more names than can be listed: short ones (`progra~1`), streams
 * (`windows::$index_allocation`), with dots or spaces at the end, from the drive's current directory (`c:windows`), and
 * by `..`, which the API server refuses between slashes only. All of them count as the worst.
 */
const WINDOWS_ALIASES = ['[^/]', '/.*(~|:|[. ](/|$))'];

/** What of a cleaned path, behind its first slash, is the system's. `unc:` may be a share of the node itself. */
export const WINDOWS_SYSTEM = `unc:(/|$)|[a-z]:($|/${anyOf(WINDOWS_TREES)}(/|$)|${WINDOWS_ALIASES.join('|')})`;

/** A drive, a backslash, or a device path: `//./pipe/x`, `//?/c:/x`. */
const WINDOWS_RE = '^([A-Za-z]:|\\\\|[/\\\\][/\\\\][.?]([/\\\\]|$))';
/** What a Windows path starts from, in lower case with slashes: the first that matches. Others say it themselves. */
const ROOTS = [
  ['^(//[.?]/+)?([a-z]:|pipe(/|$))', ''],
  ['^//[.?](/|$)', 'dev:'],
  ['^//', 'unc:'],
  ['', 'c:'],
] as const;

const WINDOWS = new RegExp(WINDOWS_RE);
const ROOT_TESTS = ROOTS.map(([re, root]) => [new RegExp(re), root] as const);
const EMPTY = ['', '.', '?'];

export const isWindowsPath = (path: string): boolean => WINDOWS.test(path);

/** `/c:/windows`, `/pipe/docker_engine` for a named pipe, `/dev:/…` for another device, `/unc:/server/share`. */
export function cleanWindowsPath(path: string): string {
  // ASCII alone, as in the guard.
  const plain = path.replace(/[A-Z]/g, letter => letter.toLowerCase()).replaceAll('\\', '/');
  const root = ROOT_TESTS.find(([test]) => test.test(plain))?.[1] ?? '';
  return `/${[root, ...plain.split('/')].filter(segment => !EMPTY.includes(segment)).join('/')}`;
}

/** The same in CEL, of an expression that is a string. */
export const isWindowsCel = (path: Cel): Cel => `${path}.matches(${text(WINDOWS_RE)})`;
export const windowsCel = (path: Cel): Cel =>
  `[${replaceAll(`${path}.lowerAscii()`, '\\', '/')}].map(l, ([${ROOT}] + l.split('/')).filter(s, !(s in ${texts(EMPTY)})).join('/'))[0]`;

const ROOT: Cel = ROOTS.reduceRight<Cel>(
  (others, [re, root]) =>
    others === '' ? text(root) : `(l.matches(${text(re)}) ? ${text(root)} : ${others})`,
  '',
);
