import { guardBindings } from '../../src/guard/binding.ts';
import { guardSeeds } from '../../src/guard/guard.ts';
import { locksFor } from '../../src/guard/locks.ts';
import { yamlOf } from '../../src/guard/yaml.ts';
import { builtinProfileTable } from '../../src/profiles/builtin.ts';

const HEADER = '# Made by npm run docs from src/guard; do not edit.\n';

/** The guard as the chart creates it; the leader then writes its contents. */
export const guardFile = (): string => HEADER + yamlOf(guardSeeds());

/** The locks, each followed by its binding. */
export const locksFile = (): string =>
  HEADER + yamlOf(locksFor(builtinProfileTable()).flatMap(({ policy, binding }) => [policy, binding]));

/** The bindings of the guard for values of the chart, with which tests compare its templates. */
export const bindingsFile = (): string =>
  HEADER +
  yamlOf(
    [
      { defaultMode: 'warn', excludedNamespaces: ['kube-system', 'cofferdam'] },
      { defaultMode: 'enforce', excludedNamespaces: ['kube-system', 'cofferdam'] },
      { defaultMode: 'off', excludedNamespaces: [] },
    ].map(values => ({ values, bindings: guardBindings(values as Parameters<typeof guardBindings>[0]) })),
  );
