import { builtinProfileTable } from '../profiles/builtin.ts';
import type { Problem, SourceDocument } from '../source/document.ts';
import { isMap, type Mapping } from '../source/mapping.ts';
import { formatPath, type Keys } from '../source/path.ts';
import type { ClusterView, DockerFacts, RuntimeClassFacts } from './view.ts';

/*
A Docker daemon in place of a cluster: its runtimes stand for RuntimeClasses, and the program that each starts for a handler.
Their names mean nothing, as a daemon.json may call anything "runsc".
*/

export type DockerView = ClusterView & { readonly docker: DockerFacts };

/** The runtimes that are tried where no daemon.json is given. */
export const WELL_KNOWN_RUNTIMES: readonly string[] = ['runsc', 'io.containerd.kata.v2'];

/**
 * Kata's shim may run any VMM, and Docker lacks privileged_without_host_devices, which the handlers of kata-deploy have. The
 * profile of the handler "kata" promises no more than that.
 */
const KATA = 'kata';

/** Shims of containerd that need no entry in daemon.json: https://docs.docker.com/engine/daemon/alternative-runtimes/ */
const SHIMS: readonly (readonly [RegExp, string])[] = [
  [/^(io\.containerd\.runsc\.v1|.*\/containerd-shim-runsc-v1)$/, 'runsc'],
  [/^(io\.containerd\.kata(-[\w-]+)?\.v2|.*\/containerd-shim-kata(-[\w-]+)?-v2)$/, KATA],
  [/^(io\.containerd\.(runc|crun)\.v\d+|.*\/containerd-shim-runc-v\d+)$/, 'runc'],
];

const handlerOfShim = (type: string): string | undefined => SHIMS.find(([shim]) => shim.test(type))?.[1];

/** The handler of a runtime that may be missing in daemon.json, as its name is what is started. Docker accepts no path here. */
const handlerOfName = (name: string): string | undefined =>
  name.includes('/') ? undefined : handlerOfShim(name);

/** The view if no daemon.json is given: well-known names, with their usual meaning. */
export function wellKnownDocker(): DockerView {
  const nameless = (name: string): string | undefined => {
    const { isolation, handlers } = builtinProfileTable().forHandler(name);
    if (!handlers.includes(name)) return undefined;
    return isolation === 'vm' ? KATA : name;
  };
  const handlerOf = (name: string): string | undefined => handlerOfName(name) ?? nameless(name);
  const listed = WELL_KNOWN_RUNTIMES.map(name => classOf(name, handlerOf(name) ?? name));
  return viewOf(listed, name => handlerOf(name), { isAssumed: true });
}

/** The view of a daemon.json. A faulty runtime is reported as a problem and left out. */
export function readDaemon(document: SourceDocument): {
  readonly view: DockerView;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const root = document.value;
  const runtimes = isMap(root) ? (root.runtimes ?? {}) : root;
  if (!isMap(root) || !isMap(runtimes)) {
    const keys = isMap(root) ? ['runtimes'] : [];
    problems.push(problemAt(document, keys, 'error', 'found no map, expected one as in a daemon.json'));
  }
  const entries = isMap(runtimes) ? Object.entries(runtimes) : [];
  const classes = entries.flatMap(([name, runtime]) => {
    const keys = ['runtimes', name];
    const handler = isMap(runtime) ? handlerOf(runtime) : undefined;
    if (handler === undefined) {
      const message = 'found neither a path nor a runtimeType, expected one of them';
      problems.push(problemAt(document, keys, 'error', message));
      return [];
    }
    const settings = handler === 'runsc' && isMap(runtime) ? settingsOf(runtime) : undefined;
    if (settings !== undefined) {
      const message = `runs runsc with ${settings}, which are not read: they count as if they opened nothing`;
      problems.push(problemAt(document, keys, 'warning', message));
    }
    const weak = handler === 'runsc' && isMap(runtime) ? weakened(runtime) : undefined;
    if (weak === undefined) return [classOf(name, handler)];
    const message = `runs runsc with ${weak}, which opens the sandbox: it counts as the host kernel`;
    problems.push(problemAt(document, keys, 'warning', message));
    return [classOf(name, `runsc ${weak}`)];
  });
  const given = isMap(root) ? root['default-runtime'] : undefined;
  const defaultRuntime = typeof given === 'string' && given !== 'runc' ? given : undefined;
  const facts = { isAssumed: false, ...(defaultRuntime !== undefined && { defaultRuntime }) };
  return { view: viewOf(classes, otherwise, facts), problems };
}

/** The runtimes that a daemon has by itself. */
const otherwise = (name: string): string | undefined => (name === 'runc' ? 'runc' : handlerOfName(name));

const viewOf = (
  listed: readonly RuntimeClassFacts[],
  handlerOf: (name: string) => string | undefined,
  docker: DockerFacts,
): DockerView => {
  const byName = new Map(listed.map(one => [one.name, one]));
  return Object.freeze({
    builtin: false,
    runtimeClasses: () => listed,
    runtimeClass: (name: string) => {
      const handler = byName.has(name) ? undefined : handlerOf(name);
      return handler === undefined ? byName.get(name) : classOf(name, handler);
    },
    nodes: () => undefined,
    namespace: (name: string) => ({ name, labels: { 'kubernetes.io/metadata.name': name } }),
    docker,
  });
};

const classOf = (name: string, handler: string): RuntimeClassFacts =>
  Object.freeze({ name, handler, nodeSelector: {}, tolerations: [] });

/**
 * The handler that a runtime starts: a shim by its type, or a program by its file. For an unknown one, the program's name is
 * the handler.
 */
function handlerOf({ path, runtimeType }: Mapping): string | undefined {
  if (typeof runtimeType === 'string') return handlerOfShim(runtimeType) ?? runtimeType;
  if (typeof path !== 'string') return undefined;
  const program = path.replace(/^.*\//, '');
  const { isolation, handlers } = builtinProfileTable().forHandler(program);
  // A file with the name of one of kata-deploy's handlers is not that handler: those are names in containerd's settings.
  return handlers.includes(program) && isolation === 'vm' ? path : program;
}

/** The file with further settings of runsc's shim: https://gvisor.dev/docs/user_guide/containerd/configuration/ */
const settingsOf = ({ runtimeType, options }: Mapping): string | undefined =>
  typeof runtimeType === 'string' && isMap(options) && Object.keys(options).some(name => name !== 'TypeUrl')
    ? 'options of its shim'
    : undefined;

/** Flags of runsc that let a container out, beyond what gVisor's profile assumes (src/export/runsc.ts says why). */
const OPENING: Readonly<Record<string, RegExp>> = {
  network: /^host$/,
  'host-uds': /^(?!none$)/,
  'host-fifo': /^(?!none$)/,
  // This is the old name of --host-uds=all.
  'fsgofer-host-uds': /^(|true|1|t)$/i,
  'allow-flag-override': /^(|true|1|t)$/i,
  'TESTONLY-unsafe-nonroot': /^(|true|1|t)$/i,
};

/** The first such flag, written as `--flag=value` or, as Go's flags allow, `-flag value`. */
function weakened({ runtimeArgs }: Mapping): string | undefined {
  const words = Array.isArray(runtimeArgs) ? runtimeArgs.map(String) : [];
  return words
    .flatMap((word, i) => {
      const [, name = '', value] = /^--?([\w-]+)(?:=(.*))?$/s.exec(word) ?? [];
      const next = words[i + 1] ?? '';
      const meant = value ?? (next.startsWith('-') ? '' : next);
      return OPENING[name]?.test(meant) ? [`--${name}${meant === '' ? '' : `=${meant}`}`] : [];
    })
    .at(0);
}

const problemAt = (
  document: SourceDocument,
  keys: Keys,
  severity: Problem['severity'],
  message: string,
): Problem => ({
  severity,
  position: document.positionOf(keys),
  path: formatPath(keys),
  message,
  fix: '"cofferdam export docker" writes one.',
});
