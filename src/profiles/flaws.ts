import { HOST_PATHS } from '../signals/host-path.ts';
import { SIGNALS } from '../signals/index.ts';
import { classifyResource } from '../signals/resource-names.ts';
import type { SignalId } from '../signals/signal.ts';
import { type Flaw, suggest } from '../source/flaw.ts';
import type { Isolation } from './isolation.ts';
import type { SandboxProfile } from './types.gen.ts';

const EXTENDS = ['spec', 'extends'] as const;

/** `child`, which is the document or an ancestor of it, extends a profile that does not exist. */
export const noParent = (name: string, child: SandboxProfile): Flaw => ({
  path: EXTENDS,
  message: `there is no profile ${name}, which ${child.metadata.name} extends`,
  fix: 'Name a built-in SandboxProfile or one of your own.',
});

export const circle = (chain: readonly SandboxProfile[]): Flaw => ({
  path: EXTENDS,
  message: `profiles extend each other in a circle: ${chain.map(one => one.metadata.name).join(' → ')}`,
  fix: 'Break the circle.',
});

/**
 * kata-deploy's names for handlers with a debug console into the guest; no profile may vouch for one. They are in
 * kata-containers tools/packaging/kata-deploy/helm-chart/kata-deploy/templates/runtimeclasses.yaml.
 */
export const hasDebugConsole = (handler: string): boolean => /-(debug|devkit)$/.test(handler);

/** Why such a handler is no sandbox, as a phrase. */
export const DEBUG_CONSOLE = 'it is named for a debug console into the guest';

function flawsOfHandlers({ spec }: SandboxProfile): Flaw[] {
  const handlers = spec.handlers ?? [];
  const flaws: Flaw[] = handlers.flatMap((handler, i) =>
    hasDebugConsole(handler)
      ? {
          path: ['spec', 'handlers', i],
          message: `${handler} has a debug console and always counts as host-kernel`,
          fix: 'Remove it from the list.',
        }
      : [],
  );
  if (spec.retired !== undefined && handlers.length > 0) {
    flaws.push({
      path: ['spec', 'handlers'],
      message: 'a retired profile names handlers',
      fix: 'Remove either retired or handlers.',
    });
  }
  return flaws;
}

function flawsOfSignalIds({ spec }: SandboxProfile): Flaw[] {
  const ids = SIGNALS.map(signal => signal.id);
  return Object.keys(spec.signals ?? {})
    .filter(id => !ids.includes(id))
    .map(id => ({
      path: ['spec', 'signals', id],
      message: `there is no signal ${id}`,
      fix: suggest(id, ids, 'Use an id from the catalogue of signals.'),
    }));
}

function flawsOfResources({ spec }: SandboxProfile): Flaw[] {
  return Object.keys(spec.resources ?? {})
    .filter(name => !name.includes('/') && classifyResource(name) === undefined)
    .map(name => ({
      path: ['spec', 'resources', name],
      message: `${name} is no resource that a device plugin offers`,
      fix: 'Use a name with its domain, as in google.com/tpu.',
    }));
}

/** What is wrong with a profile by itself, whatever others there are. */
export const ownFlaws = (document: SandboxProfile): readonly Flaw[] => [
  ...flawsOfHandlers(document),
  ...flawsOfSignalIds(document),
  ...flawsOfResources(document),
  ...flawsOfNotServed(document),
];

/** Only an `exposed` signal is asked for by its path; `contained` and `unsupported` say all that there is to say. */
function flawsOfNotServed({ spec }: SandboxProfile): Flaw[] {
  return Object.entries(spec.signals ?? {}).flatMap(([id, entry]) => {
    const at = ['spec', 'signals', id];
    const words =
      'cases' in entry
        ? entry.cases.map((word, i) => ({ word, at: [...at, 'cases', i] }))
        : [{ word: entry, at }];
    const isPath = HOST_PATHS.some(signal => signal.id === id);
    return words
      .filter(({ word }) => word.notServed && !(isPath && word.support === 'exposed'))
      .map(({ at: path }) => ({
        path: [...path, 'notServed'],
        message: 'notServed stands beside exposed alone, and of paths of the host',
        fix: `Leave it out, or say it of ${HOST_PATHS.map(signal => signal.id).join(', ')}.`,
      }));
  });
}

export function flawsOfTotality(
  isolation: Isolation | undefined,
  words: ReadonlyMap<SignalId, unknown>,
): Flaw[] {
  const flaws: Flaw[] = [];
  if (isolation === undefined) {
    flaws.push({
      path: ['spec'],
      message: 'no isolation is given here or in a profile that it extends',
      fix: 'Set spec.isolation, or extend a built-in profile.',
    });
  }
  const missing = SIGNALS.filter(signal => !words.has(signal.id)).map(signal => signal.id);
  if (missing.length > 0) {
    flaws.push({
      path: ['spec', 'signals'],
      message: `no word for ${missing.join(', ')}`,
      fix: 'Say what becomes of each, or extend a built-in profile.',
    });
  }
  return flaws;
}
