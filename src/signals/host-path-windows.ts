import type { Cel } from './cel.ts';
import { replaceAll, text, texts } from './guards.ts';

/*
Windows paths are compared in lower case, with slashes, from a root of their own, so that none is taken for a path of Linux. As
in host-path-kinds.ts, the engine and the guard use the same expressions.
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

/** To a Windows kubelet (MakeAbsolutePath in pkg/volume/util), a path without a drive is on C:, in upper or lower case. */
export const DRIVELESS = [...TREES, 'var/lib/kubelet'].map(tree =>
  tree.replace(/[a-z]/g, letter => `[${letter}${letter.toUpperCase()}]`),
);

/**
 * Windows knows a directory below a drive by more names than can be listed: by short names (`progra~1`), streams
 * (`windows::$index_allocation`), dots or spaces at the end, from the drive's current directory (`c:windows`), and by `..`,
 * which the API server refuses only between slashes. All of these count as the worst.
 */
const WINDOWS_ALIASES = ['[^/]', '/.*(~|:|[. ](/|$))'];

/** The part of a cleaned path after its first slash that belongs to the system. `unc:` may be a share of the node itself. */
export const WINDOWS_SYSTEM = `unc:(/|$)|[a-z]:($|/${anyOf(WINDOWS_TREES)}(/|$)|${WINDOWS_ALIASES.join('|')})`;

/** The beginning of a Windows path: a drive, a backslash, or a device path (`//./pipe/x`, `//?/c:/x`). */
const WINDOWS_RE = '^([A-Za-z]:|\\\\|[/\\\\][/\\\\][.?]([/\\\\]|$))';
/** What a Windows path starts from, in lower case with slashes; the first that matches counts. Other paths say it themselves. */
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
  // Only ASCII is changed, as in the guard.
  const plain = path.replace(/[A-Z]/g, letter => letter.toLowerCase()).replaceAll('\\', '/');
  const root = ROOT_TESTS.find(([test]) => test.test(plain))?.[1] ?? '';
  return `/${[root, ...plain.split('/')].filter(segment => !EMPTY.includes(segment)).join('/')}`;
}

/** Whether a path is one of Windows, in CEL, for an expression that is a string. */
export const isWindowsCel = (path: Cel): Cel => `${path}.matches(${text(WINDOWS_RE)})`;
export const windowsCel = (path: Cel): Cel =>
  `[${replaceAll(`${path}.lowerAscii()`, '\\', '/')}].map(l, ([${ROOT}] + l.split('/')).filter(s, !(s in ${texts(EMPTY)})).join('/'))[0]`;

const ROOT: Cel = ROOTS.reduceRight<Cel>(
  (others, [re, root]) =>
    others === '' ? text(root) : `(l.matches(${text(re)}) ? ${text(root)} : ${others})`,
  '',
);
