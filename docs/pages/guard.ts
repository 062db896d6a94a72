import { builtinView } from '../../src/cluster/builtin.ts';
import { guardBinding } from '../../src/guard/binding.ts';
import { guardFor } from '../../src/guard/guard.ts';
import { locksFor } from '../../src/guard/locks.ts';
import { yamlOf } from '../../src/guard/yaml.ts';
import { builtinPolicy } from '../../src/policy/builtin.ts';
import { compile } from '../../src/policy/load.ts';
import { builtinProfileTable } from '../../src/profiles/builtin.ts';

const HEADER = '# Made by npm run docs from src/guard; do not edit.\n';

/** The guard as it is installed: the policy balanced, and the well-known classes. The leader keeps it in step. */
export function guardFile(): string {
  const { snapshot } = compile([], { builtin: builtinPolicy('balanced'), balanced: true, now: 0 });
  return HEADER + yamlOf([guardFor(snapshot, builtinView().runtimeClasses(), 0)]);
}

/** The locks, each followed by its binding. */
export const locksFile = (): string =>
  HEADER + yamlOf(locksFor(builtinProfileTable()).flatMap(({ policy, binding }) => [policy, binding]));

/** The binding of the guard for values of the chart, whose templates are held against it. */
export const bindingsFile = (): string =>
  HEADER +
  yamlOf(
    [
      { defaultMode: 'warn', excludedNamespaces: ['kube-system', 'cofferdam'] },
      { defaultMode: 'enforce', excludedNamespaces: ['kube-system', 'cofferdam'] },
      { defaultMode: 'off', excludedNamespaces: [] },
    ].map(values => ({ values, binding: guardBinding(values as Parameters<typeof guardBinding>[0]) })),
  );
