import { MODES } from '../../pod/mode.ts';
import { labelName, list, object, type Schema, text } from '../../source/schema.ts';

/** The settings that a team makes once for its repository. */
export interface Settings {
  readonly policies?: readonly string[];
  readonly balanced?: boolean;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly exclude?: readonly string[];
  readonly ignore?: boolean;
  readonly excludeNamespaces?: readonly string[];
  readonly mode?: string;
  readonly failOn?: string;
  readonly strict?: boolean;
  readonly baseline?: string;
}

export type Key = keyof Settings;

const flag = (description: string): Schema => ({ type: 'boolean', description });
const choice = (description: string, words: readonly string[]): Schema => ({
  type: 'string',
  description,
  enum: words,
});

const FIELDS: Readonly<Record<Key, Schema>> = {
  policies: list(
    'Like --policy: built-in policies, and files and folders with policies, exemptions and profiles.',
    100,
    text('A built-in policy, or a path from this file.', 1000),
  ),
  balanced: flag(
    'false: like --no-balanced, which lets your cluster policies replace the built-in policy balanced.',
  ),
  cluster: text('Like --cluster: a file with RuntimeClasses, Nodes and Namespaces, from this file.', 1000),
  namespace: labelName('Like --namespace: that of objects that name none.'),
  exclude: list(
    'Like --exclude: patterns as .gitignore has them, relative to this file.',
    1000,
    text('A pattern.', 1000),
  ),
  ignore: flag('false: like --no-ignore, which also reads what a .cofferdamignore leaves out.'),
  excludeNamespaces: list(
    'Like --exclude-namespace: namespaces that are out of scope.',
    1000,
    labelName('A namespace.'),
  ),
  mode: choice('Like --mode of review: the mode that verdicts are told for.', [...MODES, 'namespace']),
  failOn: choice('Like --fail-on of review: the least verdict that makes the exit code 1.', [
    'reject',
    'sandbox',
    'never',
  ]),
  strict: flag('true: like --strict, which gives no answer where it could be another.'),
  baseline: text('Like --baseline of review: what was there before, from this file.', 1000),
};

export const KEYS = Object.keys(FIELDS) as readonly Key[];

/** The JSON Schema of `.cofferdam.yaml`: files are checked with it, and docs/schema has it for editors. */
export const SETTINGS_SCHEMA: Schema = object('What Cofferdam takes for this repository.', FIELDS);

/** The option for each key, by commander's name for its value. */
export const OPTIONS: Readonly<Record<Key, string>> = {
  policies: 'policy',
  balanced: 'balanced',
  cluster: 'cluster',
  namespace: 'namespace',
  exclude: 'exclude',
  ignore: 'ignore',
  excludeNamespaces: 'excludeNamespace',
  mode: 'mode',
  failOn: 'failOn',
  strict: 'strict',
  baseline: 'baseline',
};

const DOES_NOT_FAIL = 'what is rejected does not fail the review';

/**
 * How a setting may let something pass; undefined for one that does not. Exclusions have a warning of their own, entries of a
 * baseline are counted, and each output names the policies that Pods are judged by.
 * @param outOfScope namespaces that nobody asks about
 */
export function weakening(key: Key, value: unknown, outOfScope: readonly string[]): string | undefined {
  switch (key) {
    case 'namespace':
      return outOfScope.includes(String(value))
        ? `objects that name no namespace are in ${String(value)}, which does not bear on the exit code`
        : undefined;
    case 'balanced':
      return value === false ? 'false leaves Pods to other policies, of which none may match' : undefined;
    case 'mode':
      return value === 'enforce' ? undefined : `in mode ${String(value)}, ${DOES_NOT_FAIL}`;
    case 'failOn':
      return value === 'never' ? `with never, ${DOES_NOT_FAIL}` : undefined;
    case 'excludeNamespaces':
      return 'what is in these namespaces does not bear on the exit code';
    default:
      return undefined;
  }
}

const PROGRAMS = 'it starts a program on what is reviewed';
const CLUSTER = 'a kubeconfig may start programs';

/** Flags that a file cannot set, and why: whoever opens a pull request may change the file. */
export const FLAGS_ALONE: Readonly<Record<string, string>> = {
  helm: PROGRAMS,
  kustomize: PROGRAMS,
  kubeconfig: CLUSTER,
  context: CLUSTER,
  fromCluster: CLUSTER,
  output: 'it writes files',
};
